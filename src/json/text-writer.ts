import {BACKSLASH, COMMA, isOddEscape, isPlainInteger, OPEN_BRACE, QUOTE} from './tokens';

const LETTER_A = 0x61;

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

  append(source: Buffer): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
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

  /** The JSON value at `source[start, end)`, as JSON.stringify writes it. */
  value(source: Buffer, start: number, end: number): void {
    const first = source[start]!;
    const isText = first === QUOTE || (first >= LETTER_A && first !== OPEN_BRACE);
    const isPlain = isText || isPlainInteger(source, start, end);
    this.reserve(end - start);
    if (!isPlain || !this.copy(source, start, end)) {
      const text = JSON.stringify(JSON.parse(source.toString('utf8', start, end)));
      this.reserve(3 * text.length);
      this.length += this.bytes.write(text, this.length);
    }
  }

  /** Copies a text, unless JSON.stringify may write it in another way. Whether it has. */
  private copy(source: Buffer, start: number, end: number): boolean {
    const {bytes} = this;
    let to = this.length;
    for (let at = start; at < end; at++) {
      const byte = source[at]!;
      if (byte === BACKSLASH && isOddEscape(source, at)) {
        return false;
      }
      bytes[to++] = byte;
    }
    this.length = to;
    return true;
  }

  private reserve(more: number): void {
    if (this.length + more > this.bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.length + more));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
  }
}
