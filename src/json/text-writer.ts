import {
  BACKSLASH,
  COMMA,
  codePointAt,
  DIGIT_0,
  OPEN_BRACE,
  plainInteger,
  QUOTE,
  SLASH,
} from './tokens';

const LETTER_A = 0x61;

/** A JSON text in the making, as bytes. It grows as it needs to and is used again and again. */
export class TextWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  /** The text so far, until something is added. No subarray: as a Buffer it takes longer to make. */
  get written(): Uint8Array {
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset, this.length);
  }

  byte(byte: number): void {
    if (this.length === this.bytes.length) {
      this.reserve(1);
    }
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

  /** A whole number, with zeros before it. */
  digits(number: number, width: number): void {
    this.reserve(width);
    let left = number;
    for (let at = this.length + width; at > this.length; left = Math.floor(left / 10)) {
      this.bytes[--at] = DIGIT_0 + (left % 10);
    }
    this.length += width;
  }

  /** The JSON value at `source[start, end)`, as JSON.stringify writes it. */
  value(source: Buffer, start: number, end: number): void {
    const first = source[start]!;
    const isText = first === QUOTE || (first >= LETTER_A && first !== OPEN_BRACE);
    const isPlain = isText || !Number.isNaN(plainInteger(source, start, end));
    if (isPlain) {
      this.copy(source, start, end);
    } else {
      const text = JSON.stringify(JSON.parse(source.toString('utf8', start, end)));
      this.reserve(3 * text.length);
      this.length += this.bytes.write(text, this.length);
    }
  }

  /** Adds a text as it stands, but for escapes. */
  private copy(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    const {bytes} = this;
    for (let at = start; at < end;) {
      let to = this.length;
      let byte = source[at]!;
      while (byte !== BACKSLASH) {
        bytes[to++] = byte;
        byte = ++at < end ? source[at]! : BACKSLASH;
      }
      this.length = to;
      at = at < end ? this.escape(source, at) : end;
    }
  }

  /** Adds what JSON.stringify writes for an escape: never more bytes. Returns where the escape ends. */
  private escape(source: Buffer, at: number): number {
    const point = codePointAt(source, at);
    if (point < 0) {
      const byte = source[at + 1]!;
      if (byte !== SLASH) {
        this.byte(BACKSLASH);
      }
      this.byte(byte);
      return at + 2;
    }
    if (point < 0x80) {
      this.ascii(JSON.stringify(String.fromCharCode(point)).slice(1, -1));
    } else {
      this.utf8(point);
    }
    return at + (point > 0xffff ? 12 : 6);
  }

  private utf8(point: number): void {
    if (point < 0x800) {
      this.byte(0xc0 | (point >> 6));
    } else if (point < 0x10000) {
      this.byte(0xe0 | (point >> 12));
      this.byte(0x80 | ((point >> 6) & 0x3f));
    } else {
      this.byte(0xf0 | (point >> 18));
      this.byte(0x80 | ((point >> 12) & 0x3f));
      this.byte(0x80 | ((point >> 6) & 0x3f));
    }
    this.byte(0x80 | (point & 0x3f));
  }

  private reserve(more: number): void {
    if (this.length + more > this.bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.length + more));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
  }
}
