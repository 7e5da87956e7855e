import type {IncomingHttpHeaders, IncomingMessage} from 'node:http';
import {promisify} from 'node:util';
import zlib from 'node:zlib';

import axios, {AxiosError} from 'axios';

import {isLookingUp, planRoutes, type Route, transport} from './agents';
import {NetworkError} from './unreachable';

/** A page is about 650 kB. More than this is not held, packed or unpacked: it is asked for in smaller pages. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** An answer that comes slowly may take this many times as long as one may keep silent. */
export const MOST_SILENCES = 3;

type Decoder = (body: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;

/** From Node 22.15 on; the types are those of Node 20. */
const {zstdDecompress} = zlib as {zstdDecompress?: typeof zlib.gunzip};
const DECODERS: Readonly<Record<string, Decoder | undefined>> = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
  br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
  ...(zstdDecompress && {zstd: promisify<Buffer, zlib.ZlibOptions, Buffer>(zstdDecompress)}),
};

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
  const endMs = performance.now() + MOST_SILENCES * timeoutMs;
  let silence: NodeJS.Timeout | undefined;
  const renew = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => late.abort(), Math.min(timeoutMs, endMs - performance.now()));
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
    const packed = await readBody(data, renew);
    const body = await decode(packed, data.headers['content-encoding']).catch((error) => {
      if (status === 200) {
        throw error;
      }
      return packed;
    });
    return {status, headers: data.headers, body};
  } catch (thrown) {
    // What Node or the tunnel threw, where axios has wrapped it.
    const cause = (thrown instanceof AxiosError && thrown.cause) || thrown;
    if (cause instanceof NetworkError) {
      throw cause;
    }
    const isLate = late.signal.aborted;
    // A name that is still being looked up is what the time went by with.
    const lateCode = isLookingUp(proxy?.host ?? new URL(url).hostname) ? 'EAI_AGAIN' : 'ETIMEDOUT';
    const {code = (thrown as AxiosError).code ?? 'EUNKNOWN', message} =
      cause as NodeJS.ErrnoException;
    const at = proxy && {name: proxy.name, isAtFault: isLate};
    throw isLate
      ? new NetworkError(lateCode, 'no whole answer in time', at)
      : new NetworkError(code, message || code, at);
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
      throw coded('EMSGSIZE', `an answer of more than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Undoes the codings of `Content-Encoding`, off the main thread. An empty body is empty in any coding. */
async function decode(body: Buffer, contentEncoding = ''): Promise<Buffer> {
  let decoded = body;
  for (const each of contentEncoding.toLowerCase().split(',').toReversed()) {
    const coding = each.trim().replace(/^x-/, '');
    if (decoded.length > 0 && coding !== '' && coding !== 'identity') {
      const decoder = DECODERS[coding];
      if (!decoder) {
        throw coded('ECODING', coding);
      }
      decoded = await decoder(decoded, optionsFor(coding, decoded));
    }
  }
  return decoded;
}

/**
 * Of gzip, room for all that comes out, and a byte more, by which zlib sees that it was all: else it comes
 * in pieces, each by a turn of the event loop. The size at the end (RFC 1952 2.3.1) is a hint: it is
 * that of the last member only.
 */
function optionsFor(coding: string, body: Buffer): zlib.ZlibOptions {
  const maxOutputLength = MAX_BODY_BYTES;
  if (coding !== 'gzip' || body.length < 4) {
    return {maxOutputLength};
  }
  const size = Math.min(body.readUInt32LE(body.length - 4), maxOutputLength);
  return {maxOutputLength, chunkSize: Math.max(16 * 1024, size + 1)};
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), {code});
}
