// What a run in a resident process sees and has of its own: an environment, a clock, timers, requests and a
// stdout, with nothing left of them once it has exited.
'use strict';

const fs = require('node:fs');
const {createSkippingClock} = require('./skipping-clock.cjs');

const STDOUT = 1;

exports.World = class World {
  exitCode;
  written = {stdout: [], stderr: []};
  #timers = [];
  #requests = [];
  #sleeping = 0;
  #hasExited = false;
  #onExit;

  /** @param onExit called with {code, stdout, stderr, livedMs} when the program exits */
  constructor(env, onExit) {
    this.env = env;
    this.clock = createSkippingClock(env);
    this.#onExit = onExit;
  }

  exit(code) {
    if (!this.#hasExited) {
      this.#hasExited = true;
      this.#timers.forEach(clearTimeout);
      const [stdout, stderr] = ['stdout', 'stderr'].map((name) =>
        Buffer.concat(this.written[name]),
      );
      this.#onExit({code, stdout, stderr, livedMs: this.clock.livedMs()});
      this.#requests.forEach(end);
    }
  }

  /** Whether all that the program began had ended when it exited. */
  isOver() {
    return this.#sleeping === 0 && this.#requests.every((request) => request.closed);
  }

  follow(timer) {
    this.#timers.push(timer);
    return timer;
  }

  send(request, options, onResponse) {
    const headers = {...options.headers, 'X-Sent-At': String(this.clock.now())};
    const sent = request({...options, headers}, onResponse);
    this.#requests.push(sent);
    return sent;
  }

  write(fd, bytes, callback) {
    if (fd !== STDOUT) {
      fs.write(fd, bytes, callback);
    } else if (!this.#hasExited) {
      this.written.stdout.push(Buffer.from(bytes));
      setImmediate(() => callback(null, bytes.length));
    }
  }

  async sleep(...args) {
    this.#sleeping++;
    const result = await this.clock.sleep(...args);
    this.#sleeping--;
    return this.#hasExited ? new Promise(() => undefined) : result;
  }
};

/** Ends a request, and the connection that is kept open after it. */
function end(request) {
  request.on('error', () => undefined);
  request.destroy();
  request.socket?.destroy();
}
