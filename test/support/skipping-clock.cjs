// A clock on which a sleep takes a few ms, and which stands afterwards, as the local and as the monotonic
// one, where the sleep would have left it. What the connector waits for can so be seen without waiting.
//
// FAST_TIMEOUT_MS does the same to timers of 1 s or more, which are time-outs: a server that never
// answers is given up after so many real ms. CLOCK_STEP_MS is how far somebody sets the local clock, and
// it alone, in the middle of the first sleep; CLOCK_SKEW_MS is how far it is wrong all the time.
'use strict';

const {setTimeout: realSleep} = require('node:timers/promises');

const MOST_REAL_MS = 5;
const SHORTEST_TIMEOUT_MS = 1000;
const realNow = Date.now;
const realTimer = globalThis.setTimeout;
const realMonotonic = performance.now.bind(performance);

/**
 * What stands in for Date.now, performance.now, setTimeout and the setTimeout of node:timers/promises, and
 * how many ms have passed by it.
 */
exports.createSkippingClock = ({FAST_TIMEOUT_MS, CLOCK_STEP_MS, CLOCK_SKEW_MS}) => {
  const timeoutMs = Number(FAST_TIMEOUT_MS ?? 0);
  const skewMs = Number(CLOCK_SKEW_MS ?? 0);
  const startedMs = realMonotonic();
  let skippedMs = 0;
  let steppedMs = 0;
  const monotonicMs = () => realMonotonic() + skippedMs;
  // The local clock cuts off what is less than a ms, so one more brings it there, too.
  const skipTo = (targetMs) => {
    skippedMs += Math.max(0, targetMs + 1 - monotonicMs());
  };
  return {
    now: () => Math.floor(realNow() + skewMs + skippedMs + steppedMs),
    monotonicMs,
    livedMs: () => monotonicMs() - startedMs,
    sleep: async (ms, value, options) => {
      const targetMs = monotonicMs() + ms;
      steppedMs = Number(CLOCK_STEP_MS ?? 0);
      const result = await realSleep(Math.min(ms, MOST_REAL_MS), value, options);
      skipTo(targetMs);
      return result;
    },
    setTimeout: (callback, ms, ...args) => {
      if (timeoutMs === 0 || ms < SHORTEST_TIMEOUT_MS) {
        return realTimer(callback, ms, ...args);
      }
      const targetMs = monotonicMs() + ms;
      const finish = () => {
        skipTo(targetMs);
        callback(...args);
      };
      return realTimer(finish, timeoutMs);
    },
  };
};
