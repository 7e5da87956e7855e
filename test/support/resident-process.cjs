// A process that runs the program of bin/main again and again: what a run costs is what it does, and not
// to start Node. Each run has a world of its own, and an instance of the program that no other run uses at
// the same time. What is a process's and not the program's, as signals, pipes and uncaught exceptions, is
// not here: test/support/connector.ts starts bin/main itself. `env` is what the program sees; Node looks at
// an environment when it starts.
//
// A message asks for a run: {id, argv, env}; one tells how it went: {id, code, stdout, stderr, livedMs}.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');
const timersPromises = require('node:timers/promises');
const {compileFunction} = require('node:vm');
const {World} = require('./resident-world.cjs');

const FILE = path.join(__dirname, '..', '..', 'dist', 'main.js');
const GIVEN = ['process', 'Date', 'performance', 'setTimeout', 'setInterval'];
const program = compileFunction(
  fs.readFileSync(FILE, 'utf8'),
  ['exports', 'require', 'module', '__filename', '__dirname', ...GIVEN],
  {filename: FILE},
);

/** The program, loaded once, which runs in one world after the other: so its code is warm. */
class Instance {
  exports = {};

  /** @param world the one it starts in */
  constructor(world) {
    this.world = world;
    const sent = (request) => (options, onResponse) =>
      this.world.send(request, options, onResponse);
    const modules = {
      fs: {...fs, write: (...args) => this.world.write(...args)},
      http: {...http, request: sent(http.request)},
      https: {...https, request: sent(https.request)},
      'timers/promises': {...timersPromises, setTimeout: (...args) => this.world.sleep(...args)},
      v8: {setFlagsFromString: () => undefined},
    };
    const stream = (name) => ({write: (text) => this.world.written[name].push(Buffer.from(text))});
    const processOfItsOwn = Object.create(process, {
      env: {get: () => this.world.env},
      exitCode: {
        get: () => this.world.exitCode,
        set: (code) => {
          this.world.exitCode = code;
        },
      },
      exit: {value: (code) => this.world.exit(code)},
      on: {value: () => processOfItsOwn},
      stdout: {value: stream('stdout')},
      stderr: {value: stream('stderr')},
    });
    const clock = () => this.world.clock;
    class DateOfItsOwn extends Date {
      static now() {
        return clock().now();
      }
    }
    program(
      this.exports,
      (name) => modules[name.replace(/^node:/, '')] ?? require(name),
      this,
      FILE,
      path.dirname(FILE),
      processOfItsOwn,
      DateOfItsOwn,
      {now: () => clock().monotonicMs()},
      (...args) => this.world.follow(clock().setTimeout(...args)),
      (callback, ms) => this.world.follow(setInterval(() => callback(), ms)),
    );
  }
}

const idle = [];

process.on('message', ({id, argv, env}) => {
  const world = new World({...process.env, ...env}, (outcome) => {
    process.send({id, ...outcome});
    // What goes on after an exit would go on in the world of the next run.
    if (world.isOver()) {
      setImmediate(() => idle.push(instance));
    }
  });
  const instance = idle.pop() ?? new Instance(world);
  instance.world = world;
  void instance.exports.mainCommand(argv).then(() => world.exit(world.exitCode ?? 0));
});
process.on('disconnect', () => process.exit());
