// Loaded into the connector by NODE_OPTIONS: when its request number THROW_AT is sent, something throws
// that nobody catches. With BREAK_TELLING the first TRACE ERROR cannot even be written.
'use strict';

const http = require('node:http');

const {THROW_AT, BREAK_TELLING} = process.env;
const realRequest = http.request;
const realStringify = JSON.stringify;
let requests = 0;
let isBroken = BREAK_TELLING !== undefined;

http.request = (...args) => {
  if (++requests === Number(THROW_AT)) {
    setImmediate(() => {
      throw new Error('nobody caught\n::error::this');
    });
  }
  return realRequest(...args);
};

JSON.stringify = (value, ...rest) => {
  if (isBroken && value?.trace?.error) {
    isBroken = false;
    throw new RangeError('out of words');
  }
  return realStringify(value, ...rest);
};
