// Loaded into the connector by NODE_OPTIONS: a sleep takes a few ms, and both clocks, the local one and
// the monotonic one, stand afterwards where the sleep would have left them. What the connector waits for can so be seen without waiting:
// each request carries the moment at which it was sent, by that clock, in the header X-Sent-At.
//
// FAST_TIMEOUT_MS does the same to timers of 1 s or more, which are time-outs: a server that never
// answers is given up after so many real ms. CLOCK_STEP_MS is how far somebody sets the local clock, and it
// alone, in the middle of the first sleep. FAST_CLOCK_FILE names a file that gets, at the end, how
// many ms the process has lived by its own clock.
'use strict';

const {writeFileSync} = require('node:fs');
const http = require('node:http');
const promises = require('node:timers/promises');

const {FAST_TIMEOUT_MS, FAST_CLOCK_FILE, CLOCK_STEP_MS} = process.env;
const MOST_REAL_MS = 5;
const SHORTEST_TIMEOUT_MS = 1000;
const realNow = Date.now;
const realSleep = promises.setTimeout;
const realTimer = globalThis.setTimeout;
const realRequest = http.request;
const realMonotonic = performance.now.bind(performance);
const startedMs = realMonotonic();
let skippedMs = 0;
let steppedMs = 0;

function skipTo(targetMs) {
  skippedMs += Math.max(0, targetMs - performance.now());
}

Date.now = () => Math.floor(realNow() + skippedMs + steppedMs);
performance.now = () => realMonotonic() + skippedMs;

promises.setTimeout = async (ms, value, options) => {
  const targetMs = performance.now() + ms;
  steppedMs = Number(CLOCK_STEP_MS ?? 0);
  const result = await realSleep(Math.min(ms, MOST_REAL_MS), value, options);
  skipTo(targetMs);
  return result;
};

if (FAST_TIMEOUT_MS) {
  globalThis.setTimeout = (callback, ms, ...args) => {
    const targetMs = performance.now() + ms;
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
    Object.assign({}, options, {
      headers: {...options.headers, 'X-Sent-At': String(Date.now())},
    }),
    ...rest,
  );

if (FAST_CLOCK_FILE) {
  process.on('exit', () => writeFileSync(FAST_CLOCK_FILE, String(performance.now() - startedMs)));
}
