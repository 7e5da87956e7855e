// Runs `check` in a network whose name server takes every question and never answers: `node silent-dns.cjs
// <bin/main> <settings>`.
'use strict';

const {spawn} = require('node:child_process');
const {createSocket} = require('node:dgram');

const [main, settings] = process.argv.slice(2);

createSocket('udp4').bind(53, '127.0.0.1', () => {
  spawn(main, ['check', '--config', settings], {stdio: 'inherit'}).on('close', (code) =>
    process.exit(code ?? 1),
  );
});
