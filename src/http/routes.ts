import {
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import {Agent as HttpsAgent, request as httpsRequest} from 'node:https';

import {Failure} from '../errors';
import {lookup} from './names';
import {isExempt, type Proxy, readProxy} from './proxy';
import {TunnelAgent} from './tunnel';

/** Node gives a connection 250 ms before it tries the next address: a far host does not meet that. */
const CONNECT_ATTEMPT_MS = 3_000;
/** Node's default is 16 kB; what stands in between adds cookies and headers by the dozen. */
const MAX_HEADER_BYTES = 64 * 1024;

/** How connections are made: with Node's defaults chosen, not taken. */
const CONNECTION = {
  lookup,
  autoSelectFamilyAttemptTimeout: CONNECT_ATTEMPT_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
};

/** The way of a request: an agent that keeps its connections open, through a proxy or not. */
export interface Route {
  readonly agent: HttpAgent;
  readonly proxy: Proxy | undefined;
}

/**
 * The way to each host, by HTTPS_PROXY, ALL_PROXY and NO_PROXY. Plain HTTP goes to this machine only
 * (src/config.ts) and so through no proxy.
 * @throws Failure if they name no proxy that can be used, or if any certificate would do
 */
export function planRoutes(env: NodeJS.ProcessEnv): (url: URL) => Route {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    throw new Failure(
      'input',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: the API token would go to whoever answers. Remove it, and if a proxy inspects traffic, name its certificate in NODE_EXTRA_CA_CERTS.',
    );
  }
  const proxy = readProxy(env);
  const options = {...CONNECTION, keepAlive: true, rejectUnauthorized: true};
  const plain = {agent: new HttpAgent(options), proxy: undefined};
  const direct = {agent: new HttpsAgent(options), proxy: undefined};
  const tunnelled = proxy && {agent: new TunnelAgent(proxy, CONNECTION, options), proxy};
  return ({protocol, hostname}) => {
    if (protocol === 'http:') {
      return plain;
    }
    return tunnelled && !isExempt(hostname, env) ? tunnelled : direct;
  };
}

/** Sends axios' requests: it has no option of its own for the size of headers. */
export const transport = {
  request: (options: RequestOptions, onResponse: (response: IncomingMessage) => void) =>
    (options.protocol === 'http:' ? httpRequest : httpsRequest)(
      {...options, maxHeaderSize: MAX_HEADER_BYTES},
      onResponse,
    ),
};
