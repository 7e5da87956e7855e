// Loaded into the connector by NODE_OPTIONS: its stdout is set to be non-blocking, as it is where another
// process that shares it has done so. At the end EAGAIN_FILE gets how often a write found no room.
'use strict';

const fs = require('node:fs');
const {Socket} = require('node:net');

const realWrite = fs.write;
let refusals = 0;

globalThis.keptFromCollection = new Socket({fd: 1, readable: false, writable: true});
fs.write = (fd, buffer, callback) =>
  realWrite(fd, buffer, (error, written) => {
    refusals += error?.code === 'EAGAIN' ? 1 : 0;
    callback(error, written);
  });
process.on('exit', () => fs.writeFileSync(process.env.EAGAIN_FILE, String(refusals)));
