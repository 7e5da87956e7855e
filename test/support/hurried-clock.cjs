// Loaded into the connector by NODE_OPTIONS: its time runs HURRY times as fast as that of everybody else.
'use strict';

const promises = require('node:timers/promises');

const {setTimeout: realSleep} = promises;
const {setTimeout: realTimer, setInterval: realInterval} = globalThis;
const realNow = Date.now;
const realMonotonic = performance.now.bind(performance);
const times = Number(process.env.HURRY);
const startedMs = realNow();

Date.now = () => Math.floor(startedMs + (realNow() - startedMs) * times);
performance.now = () => realMonotonic() * times;
promises.setTimeout = (ms, ...rest) => realSleep(ms / times, ...rest);
globalThis.setTimeout = (callback, ms, ...args) => realTimer(callback, ms / times, ...args);
globalThis.setInterval = (callback, ms, ...args) => realInterval(callback, ms / times, ...args);
