// Loaded into the connector by NODE_OPTIONS: a sleep takes a few ms, and the clock stands afterwards
// where the sleep would have left it. What the connector waits for can so be seen without waiting.
'use strict';

const promises = require('node:timers/promises');

const MOST_REAL_MS = 5;
const realNow = Date.now;
const realSleep = promises.setTimeout;
let skippedMs = 0;

Date.now = () => realNow() + skippedMs;

promises.setTimeout = async (ms, value, options) => {
  const target = Date.now() + ms;
  const result = await realSleep(Math.min(ms, MOST_REAL_MS), value, options);
  skippedMs += Math.max(0, target - Date.now());
  return result;
};
