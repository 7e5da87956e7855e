import {Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';

import axios, {AxiosError, type AxiosInstance} from 'axios';

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const gunzipBody = promisify(gunzip);

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded. */
  readonly body: Buffer;
}

/** Nobody answered, or not to the end. `code` is Node's (ECONNREFUSED, ENOTFOUND, …), ETIMEDOUT after `timeoutMs`. */
export class NetworkError extends Error {
  constructor(
    readonly code: string,
    message: string,
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
  return {get: (url, headers, timeoutMs) => get(instance, url, headers, timeoutMs)};
}

async function get(
  instance: AxiosInstance,
  url: string,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const {status, data} = await instance.get<IncomingMessage>(url, {
      headers: {...headers, 'Accept-Encoding': 'gzip'},
      signal: timeout.signal,
    });
    return {status, headers: data.headers, body: await readBody(data, timeout.signal)};
  } catch (error) {
    if (timeout.signal.aborted) {
      throw new NetworkError('ETIMEDOUT', `no whole answer within ${timeoutMs / 1000} s`);
    }
    throw toNetworkError(error);
  } finally {
    clearTimeout(timer);
  }
}

async function readBody(response: IncomingMessage, signal: AbortSignal): Promise<Buffer> {
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
    const body = Buffer.concat(chunks, length);
    return response.headers['content-encoding'] === 'gzip'
      ? await gunzipBody(body, {maxOutputLength: MAX_BODY_BYTES})
      : body;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function toNetworkError(error: unknown): Error {
  if (error instanceof NetworkError) {
    return error;
  }
  const {code = 'EUNKNOWN', message} = error as NodeJS.ErrnoException;
  const cause = error instanceof AxiosError ? (error.cause as Error | undefined) : undefined;
  return new NetworkError(code, cause?.message || message || code);
}
