// Loaded into the connector by NODE_OPTIONS: it lives by the clock of skipping-clock.cjs, and each request
// carries the moment at which it was sent, by that clock, in the header X-Sent-At.
//
// FAST_CLOCK_FILE names a file that gets, at the end, how many ms the process has lived by that clock.
'use strict';

const {writeFileSync} = require('node:fs');
const http = require('node:http');
const promises = require('node:timers/promises');
const {createSkippingClock} = require('./skipping-clock.cjs');

const {FAST_CLOCK_FILE} = process.env;
const clock = createSkippingClock(process.env);
const realRequest = http.request;

Date.now = clock.now;
performance.now = clock.monotonicMs;
promises.setTimeout = clock.sleep;
globalThis.setTimeout = clock.setTimeout;

http.request = (options, ...rest) =>
  realRequest(
    Object.assign({}, options, {
      headers: {...options.headers, 'X-Sent-At': String(Date.now())},
    }),
    ...rest,
  );

if (FAST_CLOCK_FILE) {
  process.on('exit', () => writeFileSync(FAST_CLOCK_FILE, String(clock.livedMs())));
}
