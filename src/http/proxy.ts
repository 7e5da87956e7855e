import type {ClientRequest, IncomingMessage} from 'node:http';
import {TLSSocket} from 'node:tls';

/** What axios keeps as the agent of a request that it sends through a proxy. */
interface ProxyAgent {
  readonly proxy?: {readonly host: string; readonly port: number};
  readonly secureProxy?: boolean;
}

/** The address of the proxy that a request went through, without its credentials. */
export function proxyOf(request: ClientRequest | undefined): string | undefined {
  const {proxy, secureProxy} = (request as {agent?: ProxyAgent} | undefined)?.agent ?? {};
  return proxy && `${secureProxy === true ? 'https' : 'http'}://${proxy.host}:${proxy.port}`;
}

/**
 * Whether a proxy answered in place of the host: one that does not connect us answers for itself, and
 * what it says does not come by TLS. Its 403 is no word of the host's.
 */
export function isByProxy(request: ClientRequest, {socket}: IncomingMessage): boolean {
  return proxyOf(request) !== undefined && !(socket instanceof TLSSocket);
}
