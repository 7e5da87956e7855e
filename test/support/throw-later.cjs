// Loaded into the connector by NODE_OPTIONS: something throws that nobody catches, when the first request
// is sent (THROW_AT=request) or the first RECORD is written (THROW_AT=RECORD).
'use strict';

const fs = require('node:fs');
const http = require('node:http');

const {THROW_AT} = process.env;
const realRequest = http.request;
const realWrite = fs.write;
let hasThrown = false;

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
