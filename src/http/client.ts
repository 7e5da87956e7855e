import type {IncomingHttpHeaders, IncomingMessage} from 'node:http';

import axios, {AxiosError} from 'axios';

import {decode} from './decode';
import {NetworkError} from './network-error';
import {isLookingUp, planRoutes, type Route, transport} from './routes';

/** A page is about 650 kB. More than this is not held, packed or unpacked: it is asked for in smaller pages. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** An answer that comes slowly may take this many times as long as one may keep silent. */
export const MOST_SILENCES = 3;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded; of an error as it came, if it cannot be. */
  readonly body: Buffer;
}

export interface HttpClient {
  /**
   * One GET, without retries, redirects or cookies: whatever the status is, it is an answer.
   * @param timeoutMs how long nothing may come; the whole answer may take MOST_SILENCES times that
   * @throws NetworkError if there is no whole answer in time
   */
  get(url: string, headers: Record<string, string>, timeoutMs: number): Promise<HttpAnswer>;
}

/**
 * An HTTP client that keeps its connections open, and obeys the environment's proxy settings. No axios
 * error leaves it: they carry the request with its credentials.
 * @throws Failure if the environment's settings cannot be used
 */
export function createHttpClient(env: NodeJS.ProcessEnv = process.env): HttpClient {
  const routeTo = planRoutes(env);
  return {get: (url, headers, timeoutMs) => get(routeTo(new URL(url)), url, headers, timeoutMs)};
}

async function get(
  {agent, proxy}: Route,
  url: string,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const late = new AbortController();
  const startedMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedMs;
  let silence: NodeJS.Timeout | undefined;
  const renew = (): void => {
    clearTimeout(silence);
    const leftMs = MOST_SILENCES * timeoutMs - elapsedMs();
    silence = setTimeout(() => late.abort(), Math.min(timeoutMs, leftMs));
  };
  renew();
  try {
    const {status, data} = await axios.get<IncomingMessage>(url, {
      headers: {...headers, 'Accept-Encoding': 'gzip'},
      signal: late.signal,
      httpAgent: agent,
      httpsAgent: agent,
      transport,
      proxy: false,
      responseType: 'stream',
      decompress: false,
      maxRedirects: 0,
      validateStatus: null,
    });
    const body = await readBody(data, renew);
    return {status, headers: data.headers, body: await unpack(body, data)};
  } catch (thrown) {
    const isLate = late.signal.aborted;
    // What Node or the tunnel threw, where axios has wrapped it.
    const error = ((thrown instanceof AxiosError && thrown.cause) ||
      thrown) as NodeJS.ErrnoException;
    const at = proxy && {name: proxy.name, isAtFault: isLate};
    if (isLate) {
      // A name that is still being looked up is what the time went by with.
      const code = isLookingUp(proxy?.host ?? new URL(url).hostname) ? 'EAI_AGAIN' : 'ETIMEDOUT';
      throw new NetworkError(
        code,
        `no whole answer within ${Math.round(elapsedMs() / 1000)} s`,
        at,
      );
    }
    const {code = (thrown as AxiosError).code ?? 'EUNKNOWN', message} = error;
    throw error instanceof NetworkError ? error : new NetworkError(code, message || code, at);
  } finally {
    clearTimeout(silence);
  }
}

async function readBody(response: IncomingMessage, onChunk: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    onChunk();
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      throw tooLarge();
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

async function unpack(body: Buffer, {statusCode, headers}: IncomingMessage): Promise<Buffer> {
  try {
    return await decode(body, headers['content-encoding'], MAX_BODY_BYTES);
  } catch (error) {
    if (statusCode !== 200) {
      return body;
    }
    throw (error as {code?: string}).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : error;
  }
}

function tooLarge(): Error {
  const message = `an answer of more than ${MAX_BODY_BYTES} bytes`;
  return Object.assign(new Error(message), {code: 'EMSGSIZE'});
}
