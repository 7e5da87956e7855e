import dns, {type LookupAddress, type LookupOptions} from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type {Duplex} from 'node:stream';

import {Failure} from '../errors';
import {isExempt, type Proxy, readProxy} from './proxy';
import {NetworkError} from './unreachable';

/** How connections are made and kept: with Node's defaults chosen, not taken. */
const CONNECTION = {
  lookup,
  // Node gives a connection 250 ms before it tries the next address: a far host does not meet that.
  autoSelectFamilyAttemptTimeout: 3_000,
  // Node's default is 16 kB; what stands in between adds cookies and headers by the dozen.
  maxHeaderSize: 64 * 1024,
  keepAlive: true,
  rejectUnauthorized: true,
};
/** A proxy that has not said yes by then will not. */
const CONNECT_TIMEOUT_MS = 30_000;
/**
 * Name servers that never answer hold a process back for as long as the C library waits for them, since
 * a look-up cannot be given up, and a process does not end before it. glibc's own bounds (5 s, twice)
 * come to a minute with three name servers and a search list; these to 18 s (resolv.conf(5), options).
 */
const RES_OPTIONS = 'timeout:3 attempts:1';

/** The way of a request: an agent that keeps its connections open, through a proxy or not. */
export interface Route {
  readonly agent: http.Agent;
  readonly proxy?: Proxy;
}

/** The names of which nothing is known yet. */
const lookingUp = new Set<string>();

/**
 * The way to each host, by HTTPS_PROXY, ALL_PROXY and NO_PROXY. Plain HTTP goes to this machine only
 * (src/config.ts) and so through no proxy. It has to be called before the first look-up of a name.
 * @throws Failure if they name no proxy that can be used, or if any certificate would do
 */
export function planRoutes(env: NodeJS.ProcessEnv): (url: URL) => Route {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    throw new Failure(
      'input',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: the API token would go to whoever answers. Remove it, and if a proxy inspects traffic, name its certificate in NODE_EXTRA_CA_CERTS.',
    );
  }
  process.env['RES_OPTIONS'] ??= RES_OPTIONS;
  const proxy = readProxy(env);
  const plain = {agent: new http.Agent(CONNECTION)};
  const direct = {agent: new https.Agent(CONNECTION)};
  const tunnelled = proxy && {agent: new TunnelAgent(proxy), proxy};
  return ({protocol, hostname}) => {
    const secure = tunnelled && !isExempt(hostname, env) ? tunnelled : direct;
    return protocol === 'http:' ? plain : secure;
  };
}

/** Sends axios' requests: it has no option of its own for the size of headers, and passes no error of a body on. */
export const transport = {
  request(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) {
    const {request} = options.protocol === 'http:' ? http : https;
    const {maxHeaderSize} = CONNECTION;
    const sent = request({...options, maxHeaderSize}, (response) => {
      sent.on('error', (error) => response.destroy(error));
      onResponse(response);
    });
    return sent;
  },
};

export function isLookingUp(name: string): boolean {
  return lookingUp.has(name);
}

/** As dns.lookup. */
function lookup(
  name: string,
  options: LookupOptions,
  callback: (
    error: NodeJS.ErrnoException | null,
    address: string | LookupAddress[],
    family?: number,
  ) => void,
): void {
  lookingUp.add(name);
  dns.lookup(name, options, (...answer) => {
    lookingUp.delete(name);
    callback(...answer);
  });
}

/**
 * Connections through an HTTP proxy (CONNECT, RFC 9110 9.3.6), kept open as those of Node's agent are.
 * docs/decisions/0011 says why it is our own.
 */
class TunnelAgent extends https.Agent {
  constructor(private readonly proxy: Proxy) {
    super(CONNECTION);
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const {name, isTls, host, port, authorization} = this.proxy;
    const target = `${options.host}:${options.port}`;
    const fail = (code: string, message: string): void => {
      const error = new NetworkError(code, message, {name, isAtFault: true});
      callback(error, undefined as unknown as Duplex);
    };
    const connect = (isTls ? https : http).request({
      ...CONNECTION,
      host,
      port,
      method: 'CONNECT',
      path: target,
      headers: {Host: target, ...(authorization && {'Proxy-Authorization': authorization})},
      agent: false,
      timeout: CONNECT_TIMEOUT_MS,
    });
    connect.on('connect', ({statusCode = 0}, socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        callback(null, super.createConnection({...options, socket} as https.RequestOptions)!);
      } else {
        socket.destroy();
        // The proxy's own words are left out: some repeat the password there.
        const status = `HTTP ${statusCode} ${http.STATUS_CODES[statusCode] ?? ''}`.trim();
        fail(statusCode === 407 ? 'EPROXYAUTH' : 'EPROXY', status);
      }
    });
    connect.on('timeout', () => connect.destroy(new NetworkError('ETIMEDOUT', 'no answer')));
    connect.on('error', ({code = 'EPROXY', message}: NodeJS.ErrnoException) => fail(code, message));
    connect.end();
  }
}
