// Loaded into the connector by NODE_OPTIONS: something throws that nobody catches, when the first request
// is sent (THROW_AT=request) or the first RECORD is written (THROW_AT=RECORD). With BREAK_TELLING the
// first TRACE ERROR cannot even be written.
'use strict';

const fs = require('node:fs');
const http = require('node:http');

const {THROW_AT, BREAK_TELLING} = process.env;
const realRequest = http.request;
const realWrite = fs.write;
const realStringify = JSON.stringify;
let hasThrown = false;
let isBroken = BREAK_TELLING !== undefined;

function throwSoon() {
  if (!hasThrown) {
    hasThrown = true;
    setImmediate(() => {
      throw new Error('nobody caught\n::error::this');
    });
  }
}

http.request = (...args) => {
  if (THROW_AT === 'request') {
    throwSoon();
  }
  return realRequest(...args);
};

fs.write = (fd, buffer, callback) => {
  if (THROW_AT === 'RECORD' && buffer.includes('"RECORD"')) {
    throwSoon();
  }
  return realWrite(fd, buffer, callback);
};

JSON.stringify = (value, ...rest) => {
  if (isBroken && value?.trace?.error) {
    isBroken = false;
    throw new RangeError('out of words');
  }
  return realStringify(value, ...rest);
};
