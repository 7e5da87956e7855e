import {promisify} from 'node:util';
import zlib from 'node:zlib';

type Decoder = (
  body: Buffer,
  options: {maxOutputLength: number; chunkSize?: number},
) => Promise<Buffer>;

/** What zlib takes by itself. */
const LEAST_CHUNK_BYTES = 16 * 1024;
const GZIP_SIZE_BYTES = 4;
const gunzip: Decoder = promisify(zlib.gunzip);
const inflate: Decoder = promisify(zlib.inflate);
const inflateRaw: Decoder = promisify(zlib.inflateRaw);
/** From Node 22.15 on; the types are those of Node 20. */
const {zstdDecompress} = zlib as {zstdDecompress?: typeof zlib.gunzip};

const DECODERS: Readonly<Record<string, Decoder | undefined>> = {
  gzip: (body, options) => gunzip(body, {...options, chunkSize: chunkFor(body, options)}),
  // Some servers send it without the zlib header that RFC 9110 8.4.1.2 asks for.
  deflate: (body, options) => (isZlib(body) ? inflate : inflateRaw)(body, options),
  br: promisify(zlib.brotliDecompress),
  ...(zstdDecompress && {zstd: promisify(zstdDecompress)}),
};

/**
 * Undoes the codings of `Content-Encoding`, off the main thread. An empty body is empty in any coding.
 * @throws Error with zlib's code, ERR_BUFFER_TOO_LARGE over `mostBytes`, or ECODING and the coding that is not known
 */
export async function decode(
  body: Buffer,
  contentEncoding: string | undefined,
  mostBytes: number,
): Promise<Buffer> {
  const codings = (contentEncoding ?? '').toLowerCase().split(',').toReversed();
  let decoded = body;
  for (const each of codings) {
    const coding = each.trim().replace(/^x-/, '');
    if (decoded.length > 0 && coding !== '' && coding !== 'identity') {
      const decoder = DECODERS[coding];
      if (!decoder) {
        throw Object.assign(new Error(coding), {code: 'ECODING'});
      }
      decoded = await decoder(decoded, {maxOutputLength: mostBytes});
    }
  }
  return decoded;
}

/** RFC 1950 2.2: the method is 8, and the first two bytes are a multiple of 31. */
function isZlib(body: Buffer): boolean {
  return body.length > 1 && (body[0]! & 0x0f) === 8 && body.readUInt16BE() % 31 === 0;
}

/**
 * Room for all that comes out of a gzip body, and a byte more, by which zlib sees that it was all: else
 * it comes in pieces, each by a turn of the event loop, that are copied together. The size at the end of
 * a gzip body (RFC 1952 2.3.1) is a hint here: it is that of the last member only.
 */
function chunkFor(body: Buffer, {maxOutputLength}: {maxOutputLength: number}): number {
  const size = body.length < GZIP_SIZE_BYTES ? 0 : body.readUInt32LE(body.length - GZIP_SIZE_BYTES);
  return Math.max(LEAST_CHUNK_BYTES, Math.min(size, maxOutputLength) + 1);
}
