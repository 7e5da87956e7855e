import {endOfEscape, isOddEscape} from './escapes';
import {
  BACKSLASH,
  BLANK,
  COLON,
  COMMA,
  endOfLiteral,
  endOfNumber,
  faultAt,
  isExactNumber,
  isLineBreak,
  isWhite,
  JsonCutOff,
  JsonFault,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './tokens';

/** From `{` to `}`, and from `[` to `]`. */
const TO_CLOSING = 2;
/** Nothing real is nested so deeply, and what is takes no memory to speak of. */
const MOST_DEPTH = 10_000;

/** 1 for every byte that may stand in a string and means itself. */
const PLAIN = Uint8Array.from({length: 256}, (_, byte) =>
  byte >= BLANK && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/**
 * Walks once over the bytes of one JSON text, however it is spelled, and checks all that it walks
 * over. It makes no values: a caller notes where the values stand that it wants. Every method throws
 * JsonCutOff where the text ends too early, and JsonFault where it is not JSON.
 *
 * On the way it mends in place: a line break between tokens becomes a blank, an escape that no
 * destination can hold one of U+FFFD.
 */
export class Scanner {
  at = 0;
  /** Where the name that was stepped over last begins (after its quote). */
  nameStart = 0;
  /** How many escapes were mended. */
  replaced = 0;

  constructor(readonly bytes: Buffer) {}

  /** Skips white space; returns the byte that follows and stays on it. */
  peek(): number {
    const {bytes} = this;
    let at = this.at;
    let byte = bytes[at];
    while (isWhite(byte!)) {
      if (isLineBreak(byte!)) {
        bytes[at] = BLANK;
      }
      byte = bytes[++at];
    }
    this.at = at;
    if (byte === undefined) {
      throw new JsonCutOff(at);
    }
    return byte;
  }

  /** Steps into the container that opens with `byte`; whether there is something in it. */
  enter(byte: number): boolean {
    this.expect(byte);
    return !this.take(byte + TO_CLOSING);
  }

  /** After a member or element of such a container: whether another follows; if not, steps out. */
  next(byte: number): boolean {
    if (this.take(COMMA)) {
      return true;
    }
    this.expect(byte + TO_CLOSING);
    return false;
  }

  /** Steps over a member's name and its colon; returns where the name ends (before its quote). */
  key(): number {
    if (this.peek() !== QUOTE) {
      throw faultAt(this.bytes, this.at);
    }
    this.nameStart = this.at + 1;
    this.string();
    const end = this.at - 1;
    this.expect(COLON);
    return end;
  }

  /** Steps over any value; whether it is one that JSON.stringify would write just as it stands. */
  value(): boolean {
    const byte = this.peek();
    if (byte === QUOTE) {
      return this.string();
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.container();
      return false;
    }
    const start = this.at;
    const end = endOfLiteral(this.bytes, start);
    this.at = end === -1 ? endOfNumber(this.bytes, start) : end;
    return end !== -1 || isExactNumber(this.bytes, start, this.at);
  }

  /** @throws JsonFault unless only white space follows */
  end(): void {
    const rest = /[^ \t\r\n]/.exec(this.bytes.toString('latin1', this.at));
    if (rest) {
      throw faultAt(this.bytes, this.at + rest.index);
    }
  }

  private take(byte: number): boolean {
    if (this.peek() !== byte) {
      return false;
    }
    this.at++;
    return true;
  }

  private expect(byte: number): void {
    if (!this.take(byte)) {
      throw faultAt(this.bytes, this.at);
    }
  }

  /** Steps over the string at `at`; whether JSON.stringify would write it as it stands. */
  private string(): boolean {
    const {bytes} = this;
    let at = this.at + 1;
    let isPlain = true;
    for (;;) {
      while (PLAIN[bytes[at]!] === 1) {
        at++;
      }
      if (bytes[at] === QUOTE) {
        this.at = at + 1;
        return isPlain;
      }
      if (bytes[at] !== BACKSLASH) {
        throw faultAt(bytes, at);
      }
      isPlain &&= !isOddEscape(bytes, at);
      at = endOfEscape(bytes, at, this);
    }
  }

  /** Steps over a container and all that is in it, without recursion, however deep. */
  private container(): void {
    const open: number[] = [];
    do {
      const byte = this.peek();
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (open.length === MOST_DEPTH) {
          throw new JsonFault(`nested deeper than ${MOST_DEPTH} levels`, this.at);
        }
        if (this.enter(byte)) {
          open.push(byte);
          this.keyIn(byte);
          continue;
        }
      } else {
        this.value();
      }
      while (open.length > 0 && !this.next(open.at(-1)!)) {
        open.pop();
      }
      this.keyIn(open.at(-1));
    } while (open.length > 0);
  }

  private keyIn(container: number | undefined): void {
    if (container === OPEN_BRACE) {
      this.key();
    }
  }
}
