// Loaded into the connector by NODE_OPTIONS: another network for what is not on this machine.
// OTHER_NETWORK is JSON: a host name and where TCP connections to it go instead, `127.0.0.1:<port>`, or
// the code with which its name is not resolved (ENOTFOUND), or SILENCE: nobody ever says whether it can be.
// Names that it does not list are left alone.
'use strict';

const dns = require('node:dns');
const tls = require('node:tls');

const hosts = JSON.parse(process.env.OTHER_NETWORK ?? '{}');
const realLookup = dns.lookup;
const realConnect = tls.connect;

dns.lookup = (name, options, callback) => {
  const done = callback ?? options;
  const code = hosts[name];
  if (code === undefined || code.includes(':')) {
    return realLookup(name, options, callback);
  }
  if (code === 'SILENCE') {
    return undefined;
  }
  const error = Object.assign(new Error(`getaddrinfo ${code} ${name}`), {code, hostname: name});
  return process.nextTick(done, error);
};

// The name for which the certificate has to be stays that of the host.
tls.connect = (options, ...rest) => {
  const place = options.socket ? undefined : hosts[options.host];
  if (!place?.includes(':')) {
    return realConnect(options, ...rest);
  }
  const [host, port] = place.split(':');
  return realConnect({servername: options.host, ...options, host, port: Number(port)}, ...rest);
};
