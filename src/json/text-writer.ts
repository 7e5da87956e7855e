import {COMMA, NULL} from './tokens';

const MOST_IN_LOOP = 200;

/** A JSON text in the making, as bytes. It grows as it needs to and is used again and again. */
export class TextWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** A comma, unless it would follow `opening`. */
  comma(opening: number): void {
    if (this.bytes[this.length - 1] !== opening) {
      this.byte(COMMA);
    }
  }

  /** All of `source`. */
  append(source: Buffer): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Once more what stands at `[start, end)` of it. */
  repeat(start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.copyWithin(this.length, start, end);
    this.length += end - start;
  }

  /** Of ASCII only, and short. */
  ascii(text: string): void {
    const {length} = text;
    this.reserve(length);
    const {bytes} = this;
    let at = this.length;
    for (let i = 0; i < length; i++) {
      bytes[at++] = text.charCodeAt(i);
    }
    this.length = at;
  }

  text(text: string): void {
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length);
  }

  /**
   * The JSON value at `source[start, end)`, as JSON.stringify writes it; null if there is none (`end` is 0).
   * @param end negative: the value does not stand so already
   */
  valueAt(source: Buffer, start: number, end: number): void {
    if (end > 0) {
      this.copy(source, start, end);
    } else if (end < 0) {
      this.text(JSON.stringify(JSON.parse(source.toString('utf8', start, -end))));
    } else {
      this.append(NULL);
    }
  }

  /** A loop copies a short piece faster than Buffer.copy does. */
  private copy(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    const {bytes} = this;
    let at = this.length;
    if (end - start > MOST_IN_LOOP) {
      at += source.copy(bytes, at, start, end);
    } else {
      for (let i = start; i < end; i++) {
        bytes[at++] = source[i]!;
      }
    }
    this.length = at;
  }

  private reserve(more: number): void {
    if (this.length + more > this.bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.length + more));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
  }
}
