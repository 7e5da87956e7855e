import dns, {type LookupAddress, type LookupOptions} from 'node:dns';
import http from 'node:http';
import https from 'node:https';

import {Failure} from '../errors';
import {isExempt, type Proxy, readProxy, TunnelAgent} from './proxy';

/** Node gives a connection 250 ms before it tries the next address: a far host does not meet that. */
const CONNECT_ATTEMPT_MS = 3_000;
/** Node's default is 16 kB; what stands in between adds cookies and headers by the dozen. */
const MAX_HEADER_BYTES = 64 * 1024;
/**
 * Name servers that never answer hold a process back for as long as the C library waits for them, since
 * a look-up cannot be given up, and a process does not end before it. glibc's own bounds (5 s, twice)
 * come to a minute with three name servers and a search list; these to 18 s (resolv.conf(5), options).
 */
const RES_OPTIONS = 'timeout:3 attempts:1';

/** How connections are made and kept: with Node's defaults chosen, not taken. */
const CONNECTION = {
  lookup,
  autoSelectFamilyAttemptTimeout: CONNECT_ATTEMPT_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
  keepAlive: true,
  rejectUnauthorized: true,
};

/** The way of a request: an agent that keeps its connections open, through a proxy or not. */
export interface Route {
  readonly agent: http.Agent;
  readonly proxy: Proxy | undefined;
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Whoever waits for a name that is being looked up. */
const waiting = new Map<string, LookupCallback[]>();

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
  const plain = {agent: new http.Agent(CONNECTION), proxy: undefined};
  const direct = {agent: new https.Agent(CONNECTION), proxy: undefined};
  const tunnelled = proxy && {agent: new TunnelAgent(proxy, CONNECTION), proxy};
  return ({protocol, hostname}) => {
    if (protocol === 'http:') {
      return plain;
    }
    return tunnelled && !isExempt(hostname, env) ? tunnelled : direct;
  };
}

/** Sends axios' requests: it has no option of its own for the size of headers, and passes no error of a body on. */
export const transport = {
  request(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) {
    const {request} = options.protocol === 'http:' ? http : https;
    const sent = request({...options, maxHeaderSize: MAX_HEADER_BYTES}, (response) => {
      sent.on('error', (error) => response.destroy(error));
      onResponse(response);
    });
    return sent;
  },
};

/** As dns.lookup. Whoever asks for a name that is being looked up joins in: tries do not pile up. */
function lookup(name: string, options: LookupOptions, callback: LookupCallback): void {
  const key = `${name} ${JSON.stringify(options)}`;
  const others = waiting.get(key);
  if (others) {
    others.push(callback);
    return;
  }
  const callbacks = [callback];
  waiting.set(key, callbacks);
  dns.lookup(name, options, (...answer: Parameters<LookupCallback>) => {
    waiting.delete(key);
    callbacks.forEach((each) => each(...answer));
  });
}

/** Whether an answer about this name is still waited for. */
export function isLookingUp(name: string): boolean {
  return [...waiting.keys()].some((key) => key.startsWith(`${name} `));
}
