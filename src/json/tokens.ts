/** The bytes that JSON is made of (RFC 8259). Positions are byte offsets. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
const BLANK = 0x20;
export const DOT = 0x2e;
export const SLASH = 0x2f;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
export const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LETTER_U = 0x75;

/** Of a whole number that a double holds whatever it is. */
const MOST_EXACT_DIGITS = 15;
export const NULL = Buffer.from('null');
const LITERALS = [Buffer.from('true'), Buffer.from('false'), NULL];
/** By the byte that they begin with. */
const LITERALS_BY_FIRST = Array.from({length: 256}, (_, byte) =>
  LITERALS.find(([first]) => first === byte),
);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** 1 for every byte that may stand in a number. */
const OF_NUMBERS = tableOf((byte) => ('+-.0123456789Ee'.includes(byte) ? 1 : 0));
/** 1 for every byte that may follow a backslash and is all of the escape. */
const SHORT_ESCAPES = tableOf((byte) => ('"\\/bfnrt'.includes(byte) ? 1 : 0));
/** The value of every hex digit; -1 for other bytes. */
const HEX_DIGITS = tableOf((byte) => (/[\da-f]/i.test(byte) ? Number.parseInt(byte, 16) : -1));
const REPLACEMENT = Buffer.from(String.raw`\ufffd`);

/** The bytes are not JSON; `at` is their length if they end before it does. */
export class JsonFault extends Error {
  readonly at: number;

  constructor(bytes: Buffer, at: number, what = `unexpected byte ${bytes[at] ?? 'after the end'}`) {
    super(`${what} at ${at}`);
    this.at = Math.min(at, bytes.length);
  }
}

/** The position after the white space at `at`, in which every line break becomes a blank. */
export function endOfWhite(bytes: Buffer, at: number): number {
  let end = at;
  // Nearly every byte is more than a blank, which one comparison tells.
  while (bytes[end]! <= BLANK) {
    const byte = bytes[end];
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      bytes[end] = BLANK;
    } else if (byte !== BLANK && byte !== TAB) {
      break;
    }
    end++;
  }
  return end;
}

/** The position after the string at `at`. What `endOfEscape` mends is `mended`. @throws JsonFault */
export function endOfString(bytes: Buffer, at: number, mended: number[]): number {
  if (bytes[at] !== QUOTE) {
    throw new JsonFault(bytes, at);
  }
  let end = at + 1;
  for (;;) {
    let byte = bytes[end]!;
    while (byte >= BLANK && byte !== QUOTE && byte !== BACKSLASH) {
      byte = bytes[++end]!;
    }
    if (byte === QUOTE) {
      return end + 1;
    }
    if (byte !== BACKSLASH) {
      throw new JsonFault(bytes, end);
    }
    end = endOfEscape(bytes, end, mended);
  }
}

/** The position after the `true`, `false`, `null` or number at `at`. @throws JsonFault */
export function endOfWord(bytes: Buffer, at: number): number {
  const literal = LITERALS_BY_FIRST[bytes[at]!];
  if (!literal) {
    return endOfNumber(bytes, at);
  }
  for (let i = 1; i < literal.length; i++) {
    if (bytes[at + i] !== literal[i]) {
      throw new JsonFault(bytes, at + i);
    }
  }
  return at + literal.length;
}

function endOfNumber(bytes: Buffer, at: number): number {
  let end = at;
  while (OF_NUMBERS[bytes[end]!] === 1) {
    end++;
  }
  if (
    Number.isNaN(plainInteger(bytes, at, end)) &&
    !NUMBER.test(bytes.toString('latin1', at, end))
  ) {
    throw new JsonFault(bytes, end < bytes.length ? at : end);
  }
  return end;
}

/** The whole number at `bytes[start, end)` that a double holds, written as JSON.stringify does; NaN if it is none. */
export function plainInteger(bytes: Buffer, start: number, end: number): number {
  let at = start;
  let number = 0;
  while (at < end && bytes[at]! >= DIGIT_0 && bytes[at]! <= DIGIT_9) {
    number = 10 * number + bytes[at++]! - DIGIT_0;
  }
  const isPlain = at > start && at === end && (bytes[start] !== DIGIT_0 || end - start === 1);
  return isPlain && end - start <= MOST_EXACT_DIGITS ? number : NaN;
}

/**
 * The position after the escape at `at`; of a surrogate pair, after both halves. What no destination can
 * hold, half a pair or U+0000, is overwritten by U+FFFD, which takes as many bytes.
 * @param mended takes the position where that was done
 * @throws JsonFault
 */
function endOfEscape(bytes: Buffer, at: number, mended: number[]): number {
  if (SHORT_ESCAPES[bytes[at + 1]!] === 1) {
    return at + 2;
  }
  const point = codePointAt(bytes, at);
  if (point < 0) {
    throw new JsonFault(bytes, at + 1);
  }
  if (point === 0 || (point >= 0xd800 && point < 0xe000)) {
    REPLACEMENT.copy(bytes, at);
    mended.push(at);
  }
  return at + (point > 0xffff ? 12 : 6);
}

/** What the escape `\uXXXX` at `at`, or a pair of them, stands for; less than 0 if there is none. */
export function codePointAt(bytes: Buffer, at: number): number {
  const unit = unitAt(bytes, at);
  const low = unit >= 0xd800 && unit < 0xdc00 ? unitAt(bytes, at + 6) : 0;
  const isPair = low >= 0xdc00 && low < 0xe000;
  return isPair ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
}

function unitAt(bytes: Buffer, at: number): number {
  if (bytes[at] !== BACKSLASH || bytes[at + 1] !== LETTER_U) {
    return -1;
  }
  const digit = (place: number): number => HEX_DIGITS[bytes[at + 2 + place]!]! << (4 * (3 - place));
  return digit(0) | digit(1) | digit(2) | digit(3);
}

function tableOf(valueOf: (byte: string) => number): Int8Array {
  return Int8Array.from({length: 256}, (_, byte) => valueOf(String.fromCharCode(byte)));
}
