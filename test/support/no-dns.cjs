// Loaded into the connector by NODE_OPTIONS: no name but localhost can be resolved, as on a machine
// without a network. So no test ever leaves this machine.
'use strict';

const dns = require('node:dns');

const realLookup = dns.lookup;

dns.lookup = (hostname, options, callback) => {
  const done = typeof options === 'function' ? options : callback;
  if (hostname === 'localhost' || /^[\d.:]+$/.test(hostname)) {
    return realLookup(hostname, options, callback);
  }
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
  return process.nextTick(done, Object.assign(error, {code: 'ENOTFOUND', syscall: 'getaddrinfo'}));
};
