import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';

import axios, {AxiosError, type AxiosInstance} from 'axios';

import {BufferPool} from '../buffer-pool';
import {isByProxy, proxyOf} from './proxy';

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const gunzipBody = promisify(gunzip);

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded. */
  readonly body: Buffer;
  /** Gives the body's memory back: nobody may read it after that. Nothing is lost if it is not called. */
  release(): void;
}

/**
 * Nobody answered, or not to the end. `code` is Node's (ECONNREFUSED, ENOTFOUND, …), ETIMEDOUT after
 * `timeoutMs`, EPROXY where a proxy answered in place of the host.
 */
export class NetworkError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The address of the proxy on the way, without its credentials. */
    readonly proxy?: string,
  ) {
    super(message);
  }
}

export interface HttpClient {
  /**
   * One GET, without retries, redirects or cookies: whatever the status is, it is an answer.
   * @throws NetworkError if there is no whole answer within `timeoutMs`
   */
  get(url: string, headers: Record<string, string>, timeoutMs: number): Promise<HttpAnswer>;
}

/**
 * An HTTP client that keeps its connections open. It obeys HTTPS_PROXY and NO_PROXY unless
 * `isLoopback`. No axios error leaves it: they carry the request with its credentials.
 */
export function createHttpClient({isLoopback}: {isLoopback: boolean}): HttpClient {
  const instance = axios.create({
    httpAgent: new HttpAgent({keepAlive: true}),
    httpsAgent: new HttpsAgent({keepAlive: true}),
    responseType: 'stream',
    decompress: false,
    maxRedirects: 0,
    validateStatus: null,
    ...(isLoopback && {proxy: false as const}),
  });
  const pool = new BufferPool();
  return {get: (url, headers, timeoutMs) => get(instance, pool, url, headers, timeoutMs)};
}

async function get(
  instance: AxiosInstance,
  pool: BufferPool,
  url: string,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  let request: ClientRequest | undefined;
  try {
    const response = await instance.get<IncomingMessage>(url, {
      headers: {...headers, 'Accept-Encoding': 'gzip'},
      signal: timeout.signal,
    });
    const {status, data} = response;
    request = response.request as ClientRequest;
    if (isByProxy(request, data)) {
      data.destroy();
      throw new NetworkError('EPROXY', `HTTP ${status} ${response.statusText}`.trimEnd());
    }
    const body = await readBody(data, pool, timeout.signal);
    return data.headers['content-encoding'] === 'gzip'
      ? {status, headers: data.headers, body: await inflate(body), release: () => undefined}
      : {status, headers: data.headers, body, release: () => pool.give(body)};
  } catch (error) {
    const proxy = proxyOf(request ?? (error as {request?: ClientRequest}).request);
    throw timeout.signal.aborted
      ? new NetworkError('ETIMEDOUT', `no whole answer within ${timeoutMs / 1000} s`, proxy)
      : toNetworkError(error, proxy);
  } finally {
    clearTimeout(timer);
  }
}

function inflate(body: Buffer): Promise<Buffer> {
  return gunzipBody(body, {maxOutputLength: MAX_BODY_BYTES});
}

async function readBody(
  response: IncomingMessage,
  pool: BufferPool,
  signal: AbortSignal,
): Promise<Buffer> {
  const stop = (): void => void response.destroy(new Error('aborted'));
  signal.addEventListener('abort', stop);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) {
        throw new NetworkError('EMSGSIZE', `an answer of more than ${MAX_BODY_BYTES} bytes`);
      }
      chunks.push(chunk);
    }
    return gather(chunks, pool.take(length));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function gather(chunks: readonly Buffer[], target: Buffer): Buffer {
  let at = 0;
  for (const chunk of chunks) {
    at += chunk.copy(target, at);
  }
  return target;
}

function toNetworkError(error: unknown, proxy: string | undefined): NetworkError {
  const {code = 'EUNKNOWN', message} = error as NodeJS.ErrnoException;
  const cause = error instanceof AxiosError ? error.cause : undefined;
  return new NetworkError(code, cause?.message || message || code, proxy);
}
