import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  endOfScalar,
  endOfString,
  faultAt,
  JsonCutOff,
  JsonFault,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-tokens';

const MAX_DEPTH = 64;
/** From `{` to `}`, and from `[` to `]`. */
const TO_CLOSING = 2;

/**
 * Walks over the bytes of one JSON text and checks all that it walks over. It makes no values: a
 * caller keeps the positions of what it wants. Every method throws JsonCutOff where the text ends
 * too early, and JsonFault where it is no JSON.
 */
export class JsonCursor {
  at = 0;
  /** The containers that are open while a value is stepped over. */
  private readonly open = new Uint8Array(MAX_DEPTH);

  constructor(readonly bytes: Buffer) {}

  /** Skips white space; returns the byte that follows and stays on it. */
  peek(): number {
    const {bytes} = this;
    let at = this.at;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      byte = bytes[++at];
    }
    this.at = at;
    if (byte === undefined) {
      throw new JsonCutOff(at);
    }
    return byte;
  }

  /** Whether the next byte is `byte`; if so, steps over it. */
  take(byte: number): boolean {
    if (this.peek() !== byte) {
      return false;
    }
    this.at++;
    return true;
  }

  /** Calls `visit` on each member of an object, the cursor on its value, which `visit` must pass. */
  eachMember(visit: (keyStart: number, keyEnd: number) => void): void {
    this.expect(OPEN_BRACE);
    if (this.take(CLOSE_BRACE)) {
      return;
    }
    do {
      this.peek();
      const keyStart = this.at + 1;
      visit(keyStart, this.skipKey());
    } while (this.take(COMMA));
    this.expect(CLOSE_BRACE);
  }

  /** Calls `visit` on each element of an array, the cursor on it; `visit` must pass it. */
  eachElement(visit: () => void): void {
    this.expect(OPEN_BRACKET);
    if (this.take(CLOSE_BRACKET)) {
      return;
    }
    do {
      visit();
    } while (this.take(COMMA));
    this.expect(CLOSE_BRACKET);
  }

  /** Steps over any value. */
  skipValue(): void {
    const {open} = this;
    let depth = 0;
    for (;;) {
      const byte = this.peek();
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.at++;
        if (!this.take(byte + TO_CLOSING)) {
          if (depth === MAX_DEPTH) {
            throw new JsonFault(`nested deeper than ${MAX_DEPTH} levels at byte ${this.at}`);
          }
          open[depth++] = byte;
          this.skipKeyIn(byte);
          continue;
        }
      } else {
        this.at =
          byte === QUOTE ? endOfString(this.bytes, this.at) : endOfScalar(this.bytes, this.at);
      }
      while (depth > 0 && !this.take(COMMA)) {
        this.expect(open[--depth]! + TO_CLOSING);
      }
      if (depth === 0) {
        return;
      }
      this.skipKeyIn(open[depth - 1]!);
    }
  }

  private skipKeyIn(container: number): void {
    if (container === OPEN_BRACE) {
      this.skipKey();
    }
  }

  /** Steps over a member's name and its colon; returns where the name ends. */
  private skipKey(): number {
    if (this.peek() !== QUOTE) {
      throw faultAt(this.bytes, this.at);
    }
    this.at = endOfString(this.bytes, this.at);
    const end = this.at - 1;
    this.expect(COLON);
    return end;
  }

  private expect(byte: number): void {
    if (!this.take(byte)) {
      throw faultAt(this.bytes, this.at);
    }
  }
}
