// A process that runs the program of bin/main again and again: what a run costs is what it does, and not
// to start Node. Each run has an instance of the program of its own, with a clock, timers, an environment
// and a stdout that are its own, and with nothing left of it once it has exited. What is a process's and
// not the program's, as signals, pipes and uncaught exceptions, is not here: test/support/connector.ts
// starts bin/main itself. `env` is what the program sees; Node looks at an environment when it starts.
//
// A message asks for a run: {id, argv, env}; one tells how it went: {id, code, stdout, stderr, livedMs}.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');
const timersPromises = require('node:timers/promises');
const {compileFunction} = require('node:vm');
const {createSkippingClock} = require('./skipping-clock.cjs');

const STDOUT = 1;
const FILE = path.join(__dirname, '..', '..', 'dist', 'main.js');
const WORLD = ['process', 'Date', 'performance', 'setTimeout', 'setInterval'];
const program = compileFunction(
  fs.readFileSync(FILE, 'utf8'),
  ['exports', 'require', 'module', '__filename', '__dirname', ...WORLD],
  {filename: FILE},
);

process.on('message', ({id, argv, env}) => {
  startRun(argv, {...process.env, ...env}, (outcome) => process.send({id, ...outcome}));
});
process.on('disconnect', () => process.exit());

/** Calls `onExit` when the program exits. */
function startRun(argv, env, onExit) {
  const clock = createSkippingClock(env);
  const written = {stdout: [], stderr: []};
  const timers = [];
  const requests = [];
  let hasExited = false;

  const exit = (code) => {
    if (!hasExited) {
      hasExited = true;
      timers.forEach(clearTimeout);
      requests.forEach(end);
      const [stdout, stderr] = [written.stdout, written.stderr].map((each) => Buffer.concat(each));
      onExit({code, stdout, stderr, livedMs: clock.livedMs()});
    }
  };
  const follow = (timer) => {
    timers.push(timer);
    return timer;
  };
  const followed = (request) => (options, onResponse) => {
    const headers = {...options.headers, 'X-Sent-At': String(clock.now())};
    const sent = request({...options, headers}, onResponse);
    requests.push(sent);
    return sent;
  };
  const write = (fd, bytes, callback) => {
    if (fd !== STDOUT) {
      fs.write(fd, bytes, callback);
    } else if (!hasExited) {
      written.stdout.push(Buffer.from(bytes));
      setImmediate(() => callback(null, bytes.length));
    }
  };
  const sleep = async (...args) => {
    const result = await clock.sleep(...args);
    return hasExited ? new Promise(() => undefined) : result;
  };
  const modules = {
    fs: {...fs, write},
    http: {...http, request: followed(http.request)},
    https: {...https, request: followed(https.request)},
    'timers/promises': {...timersPromises, setTimeout: sleep},
    v8: {setFlagsFromString: () => undefined},
  };
  const processOfItsOwn = Object.create(process, {
    env: {value: env},
    exitCode: {value: undefined, writable: true},
    exit: {value: exit},
    on: {value: () => processOfItsOwn},
    stdout: {value: {write: (text) => written.stdout.push(Buffer.from(text))}},
    stderr: {value: {write: (text) => written.stderr.push(Buffer.from(text))}},
  });
  class DateOfItsOwn extends Date {
    static now() {
      return clock.now();
    }
  }
  const module = {exports: {}};
  program(
    module.exports,
    (name) => modules[name.replace(/^node:/, '')] ?? require(name),
    module,
    FILE,
    path.dirname(FILE),
    processOfItsOwn,
    DateOfItsOwn,
    {now: clock.monotonicMs},
    (...args) => follow(clock.setTimeout(...args)),
    (callback, ms) => follow(setInterval(() => callback(), ms)),
  );
  void module.exports.mainCommand(argv).then(() => exit(processOfItsOwn.exitCode ?? 0));
}

/** Ends a request, and the connection that is kept open after it. */
function end(request) {
  request.on('error', () => undefined);
  request.destroy();
  request.socket?.destroy();
}
