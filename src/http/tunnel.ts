import {type ClientRequestArgs, request as httpRequest, STATUS_CODES} from 'node:http';
import {Agent, type AgentOptions, request as httpsRequest, type RequestOptions} from 'node:https';
import type {Duplex} from 'node:stream';

import type {Proxy} from './proxy';

/** A proxy that has not said yes by then will not. */
const CONNECT_TIMEOUT_MS = 30_000;

/** There is no way through the proxy. `code` is Node's, or EPROXY where it answered, EPROXYAUTH where it wants a password. */
export class ProxyError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Connections through an HTTP proxy (CONNECT, RFC 9110 9.3.6), kept open as those of Node's agent are.
 * docs/decisions/0011 says why it is our own.
 */
export class TunnelAgent extends Agent {
  constructor(
    private readonly proxy: Proxy,
    /** For the connection to the proxy and for that to the host. */
    private readonly connection: ClientRequestArgs,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(
    options: ClientRequestArgs,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const {isTls, host, port, authorization} = this.proxy;
    const target = `${options.host}:${options.port}`;
    const fail = (error: ProxyError): void => callback(error, undefined as unknown as Duplex);
    const connect = (isTls ? httpsRequest : httpRequest)({
      ...this.connection,
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
        callback(null, super.createConnection({...options, socket} as RequestOptions)!);
      } else {
        socket.destroy();
        // The proxy's own words are left out: some repeat the password there.
        const name = `HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trim();
        fail(new ProxyError(statusCode === 407 ? 'EPROXYAUTH' : 'EPROXY', name));
      }
    });
    connect.on('timeout', () => connect.destroy(new ProxyError('ETIMEDOUT', 'no answer')));
    connect.on('error', ({code = 'EPROXY', message}: NodeJS.ErrnoException) =>
      fail(new ProxyError(code, message)),
    );
    connect.end();
  }
}
