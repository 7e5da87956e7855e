import {inflateSync} from 'node:zlib';

/** A picture of 8-bit pixels; `at` gives red, green and blue. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): [red: number, green: number, blue: number];
}

const SIGNATURE_BYTES = 8;
const CHANNELS: Readonly<Record<number, number>> = {2: 3, 6: 4};

/**
 * Reads a PNG as Chromium writes it: 8 bits a channel, not interlaced, with or without alpha.
 * @throws Error for any other one
 */
export function readPng(png: Buffer): Picture {
  const chunks = [...readChunks(png)];
  const header = chunks.find(({type}) => type === 'IHDR')?.data ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = CHANNELS[header[9] ?? 0];
  if (header[8] !== 8 || channels === undefined || header[12] !== 0) {
    throw new Error('not a PNG of the kind that Chromium writes');
  }
  const packed = chunks.filter(({type}) => type === 'IDAT').map(({data}) => data);
  const pixels = unfilter(inflateSync(Buffer.concat(packed)), width * channels, height, channels);
  return {
    width,
    height,
    at(x, y) {
      const offset = (Math.floor(y) * width + Math.floor(x)) * channels;
      return [pixels[offset] ?? -1, pixels[offset + 1] ?? -1, pixels[offset + 2] ?? -1];
    },
  };
}

function* readChunks(png: Buffer): Generator<{type: string; data: Buffer}> {
  for (let offset = SIGNATURE_BYTES; offset < png.length;) {
    const length = png.readUInt32BE(offset);
    const type = png.toString('latin1', offset + 4, offset + 8);
    yield {type, data: png.subarray(offset + 8, offset + 8 + length)};
    offset += length + 12;
  }
}

/** Undoes the five filters of PNG (RFC 2083, section 6). */
function unfilter(rows: Buffer, stride: number, height: number, channels: number): Buffer {
  const pixels = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = rows[row * (stride + 1)] ?? 0;
    for (let column = 0; column < stride; column += 1) {
      const place = row * stride + column;
      const left = column < channels ? 0 : (pixels[place - channels] ?? 0);
      const above = row === 0 ? 0 : (pixels[place - stride] ?? 0);
      const corner = row === 0 || column < channels ? 0 : (pixels[place - stride - channels] ?? 0);
      const sent = rows[row * (stride + 1) + 1 + column] ?? 0;
      pixels[place] = sent + predict(filter, left, above, corner);
    }
  }
  return pixels;
}

function predict(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return Math.floor((left + above) / 2);
    case 4:
      return nearest(left + above - corner, left, above, corner);
    default:
      return 0;
  }
}

/** The one of three that is nearest; of equals the first. */
function nearest(to: number, left: number, above: number, corner: number): number {
  const [fromLeft, fromAbove] = [Math.abs(to - left), Math.abs(to - above)];
  const fromCorner = Math.abs(to - corner);
  if (fromLeft <= fromAbove && fromLeft <= fromCorner) {
    return left;
  }
  return fromAbove <= fromCorner ? above : corner;
}
