// Loaded into the connector by NODE_OPTIONS: a sleep takes a few ms, and the clock stands afterwards
// where the sleep would have left it. What the connector waits for can so be seen without waiting:
// each request carries the moment at which it was sent, by that clock, in the header X-Sent-At.
//
// FAST_TIMEOUT_MS does the same to timers of 1 s or more, which are time-outs: a server that never
// answers is given up after so many real ms. FAST_CLOCK_FILE names a file that gets, at the end, how
// many ms the process has lived by its own clock.
'use strict';

const {writeFileSync} = require('node:fs');
const http = require('node:http');
const promises = require('node:timers/promises');

const {FAST_TIMEOUT_MS, FAST_CLOCK_FILE} = process.env;
const MOST_REAL_MS = 5;
const SHORTEST_TIMEOUT_MS = 1000;
const realNow = Date.now;
const realSleep = promises.setTimeout;
const realTimer = globalThis.setTimeout;
const realRequest = http.request;
const startedMs = realNow();
let skippedMs = 0;

function skipTo(targetMs) {
  skippedMs += Math.max(0, targetMs - Date.now());
}

Date.now = () => realNow() + skippedMs;

promises.setTimeout = async (ms, value, options) => {
  const targetMs = Date.now() + ms;
  const result = await realSleep(Math.min(ms, MOST_REAL_MS), value, options);
  skipTo(targetMs);
  return result;
};

if (FAST_TIMEOUT_MS) {
  globalThis.setTimeout = (callback, ms, ...args) => {
    const targetMs = Date.now() + ms;
    const finish = () => {
      skipTo(targetMs);
      callback(...args);
    };
    return ms < SHORTEST_TIMEOUT_MS
      ? realTimer(callback, ms, ...args)
      : realTimer(finish, Number(FAST_TIMEOUT_MS));
  };
}

http.request = (options, ...rest) =>
  realRequest(
    Object.assign({}, options, {headers: {...options.headers, 'X-Sent-At': String(Date.now())}}),
    ...rest,
  );

if (FAST_CLOCK_FILE) {
  process.on('exit', () => writeFileSync(FAST_CLOCK_FILE, String(Date.now() - startedMs)));
}
