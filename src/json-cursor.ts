const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
/** From `{` to `}`, and from `[` to `]`. */
const TO_CLOSING = 2;
const MAX_DEPTH = 64;

/** The bytes end where JSON has to go on: the text was cut off. */
export class JsonCutOff extends Error {}

/** The bytes are no JSON. */
export class JsonFault extends Error {}

/** 1 for every byte that may stand in a string and means itself. */
const PLAIN = Uint8Array.from({length: 256}, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/**
 * Walks over the bytes of one JSON text (RFC 8259) and checks all that it walks over. It makes no
 * values: a caller keeps the positions of what it wants. Positions are byte offsets.
 */
export class JsonCursor {
  at = 0;
  /** The containers that are open while a value is stepped over. */
  private readonly open = new Uint8Array(MAX_DEPTH);

  constructor(readonly bytes: Buffer) {}

  /** Skips white space; returns the byte that follows and stays on it. @throws JsonCutOff */
  peek(): number {
    const {bytes} = this;
    let at = this.at;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      byte = bytes[++at];
    }
    this.at = at;
    if (byte === undefined) {
      throw new JsonCutOff(`the text ends at byte ${at}`);
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

  /** Steps over `byte`. @throws JsonFault if something else is there */
  expect(byte: number): void {
    if (!this.take(byte)) {
      throw this.fault();
    }
  }

  /** Calls `visit` on each member of an object, the cursor on its value, which `visit` must pass. */
  eachMember(visit: (keyStart: number, keyEnd: number) => void): void {
    this.expect(0x7b);
    if (this.take(0x7d)) {
      return;
    }
    do {
      if (this.peek() !== QUOTE) {
        throw this.fault();
      }
      const keyStart = this.at + 1;
      this.skipString();
      const keyEnd = this.at - 1;
      this.expect(0x3a);
      visit(keyStart, keyEnd);
    } while (this.take(COMMA));
    this.expect(0x7d);
  }

  /** Calls `visit` on each element of an array, the cursor on it; `visit` must pass it. */
  eachElement(visit: () => void): void {
    this.expect(0x5b);
    if (this.take(0x5d)) {
      return;
    }
    do {
      visit();
    } while (this.take(COMMA));
    this.expect(0x5d);
  }

  /** Steps over any value. A loop with its own stack: this is where most of a page's bytes pass. */
  skipValue(): void {
    const {open} = this;
    let depth = 0;
    for (;;) {
      const byte = this.peek();
      if (byte === QUOTE) {
        this.skipString();
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.at++;
        if (!this.take(byte + TO_CLOSING)) {
          if (depth === MAX_DEPTH) {
            throw new JsonFault(`nested deeper than ${MAX_DEPTH} levels at byte ${this.at}`);
          }
          open[depth++] = byte;
          this.skipKeyIn(byte);
          continue;
        }
      } else if (byte === 0x2d || isDigit(byte)) {
        this.skipNumber();
      } else {
        this.skipLiteral();
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

  /** In an object, steps over a key and its colon. */
  private skipKeyIn(container: number): void {
    if (container === OPEN_BRACE) {
      if (this.peek() !== QUOTE) {
        throw this.fault();
      }
      this.skipString();
      this.expect(0x3a);
    }
  }

  /** Steps over a string; the cursor must be on its opening quote. */
  skipString(): void {
    const {bytes} = this;
    let at = this.at + 1;
    for (;;) {
      while (PLAIN[bytes[at]!] === 1) {
        at++;
      }
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
      this.at = at;
      if (byte === undefined) {
        throw new JsonCutOff(`the text ends inside a string at byte ${at}`);
      }
      if (byte !== BACKSLASH) {
        throw this.fault();
      }
      this.skipEscape();
      at = this.at;
    }
  }

  private skipEscape(): void {
    const kind = this.bytes[this.at + 1];
    if (kind === undefined) {
      throw new JsonCutOff(`the text ends inside an escape at byte ${this.at}`);
    }
    this.at += 2;
    if (kind === 0x75) {
      for (const end = this.at + 4; this.at < end; this.at++) {
        if (!isHexDigit(this.byteOrEnd())) {
          throw this.fault();
        }
      }
    } else if (!ESCAPES.has(kind)) {
      throw this.fault();
    }
  }

  private skipNumber(): void {
    if (this.bytes[this.at] === 0x2d) {
      this.at++;
    }
    if (this.byteOrEnd() === 0x30) {
      this.at++;
    } else {
      this.skipDigits();
    }
    if (this.bytes[this.at] === 0x2e) {
      this.at++;
      this.skipDigits();
    }
    const exponent = this.bytes[this.at];
    if (exponent === 0x65 || exponent === 0x45) {
      const sign = this.bytes[++this.at];
      this.at += sign === 0x2b || sign === 0x2d ? 1 : 0;
      this.skipDigits();
    }
  }

  private skipDigits(): void {
    if (!isDigit(this.byteOrEnd())) {
      throw this.fault();
    }
    while (isDigit(this.bytes[this.at] ?? 0)) {
      this.at++;
    }
  }

  private skipLiteral(): void {
    const first = this.bytes[this.at];
    const literal = first === NULL[0] ? NULL : first === TRUE[0] ? TRUE : FALSE;
    for (let i = 0; i < literal.length; i++, this.at++) {
      if (this.byteOrEnd() !== literal[i]) {
        throw this.fault();
      }
    }
  }

  private byteOrEnd(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) {
      throw new JsonCutOff(`the text ends at byte ${this.at}`);
    }
    return byte;
  }

  private fault(): JsonFault {
    return new JsonFault(`unexpected byte ${this.bytes[this.at]} at ${this.at}`);
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
