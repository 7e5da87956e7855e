// Loaded into the connector by NODE_OPTIONS: a host far away, behind the name localhost. It has an address of
// each kind; the way to the newer one is missing, and a handshake with the older one takes a second.
'use strict';

const dns = require('node:dns');
const {TCP} = process.binding('tcp_wrap');
const {UV_ENETUNREACH} = process.binding('uv');

const HANDSHAKE_MS = 1000;
const realConnect = TCP.prototype.connect;

dns.lookup = (_name, _options, callback) => {
  const addresses = [
    {address: '127.0.0.1', family: 4},
    {address: '2001:db8::1', family: 6},
  ];
  process.nextTick(callback, null, addresses);
};

TCP.prototype.connect = function connect(request, address, port) {
  let isClosed = false;
  const realClose = this.close;
  this.close = (...args) => {
    isClosed = true;
    return realClose.apply(this, args);
  };
  setTimeout(() => isClosed || realConnect.call(this, request, address, port), HANDSHAKE_MS);
  return 0;
};
TCP.prototype.connect6 = () => UV_ENETUNREACH;
