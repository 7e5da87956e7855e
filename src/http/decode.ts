import {promisify} from 'node:util';
import zlib from 'node:zlib';

type Decoder = (body: Buffer, options: {maxOutputLength: number}) => Promise<Buffer>;

const inflate: Decoder = promisify(zlib.inflate);
const inflateRaw: Decoder = promisify(zlib.inflateRaw);
/** From Node 22.15 on; the types are those of Node 20. */
const {zstdDecompress} = zlib as {zstdDecompress?: typeof zlib.gunzip};

const DECODERS: Readonly<Record<string, Decoder | undefined>> = {
  gzip: promisify(zlib.gunzip),
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
