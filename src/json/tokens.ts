/** The bytes that JSON is made of (RFC 8259). Positions are byte offsets. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const BLANK = 0x20;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const LETTER_E = 0x65;
const LETTER_U = 0x75;

const SHORT_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const LITERALS = new Map(
  ['true', 'false', 'null'].map((text) => [text.charCodeAt(0), Buffer.from(text)]),
);
const REPLACEMENT = Buffer.from(String.raw`\ufffd`);

/** The bytes end where JSON has to go on: the text was cut off. */
export class JsonCutOff extends Error {
  constructor(at: number) {
    super(`the text ends at byte ${at}`);
  }
}

/** The bytes are not JSON. */
export class JsonFault extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** What to throw at a byte that does not belong there. */
export function faultAt(bytes: Buffer, at: number): Error {
  const byte = bytes[at];
  return byte === undefined
    ? new JsonCutOff(at)
    : new JsonFault(`unexpected byte ${byte} at ${at}`, at);
}

/** The position after `true`, `false` or `null` at `at`; -1 if none of them starts there. @throws JsonCutOff, JsonFault */
export function endOfLiteral(bytes: Buffer, at: number): number {
  const literal = LITERALS.get(bytes[at]!);
  if (!literal) {
    return -1;
  }
  for (let i = 0; i < literal.length; i++) {
    if (bytes[at + i] !== literal[i]) {
      throw faultAt(bytes, at + i);
    }
  }
  return at + literal.length;
}

/** The position after the number at `at`. @throws JsonCutOff, JsonFault */
export function endOfNumber(bytes: Buffer, at: number): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  let next = bytes[first] === ZERO ? first + 1 : endOfDigits(bytes, first);
  if (bytes[next] === DOT) {
    next = endOfDigits(bytes, next + 1);
  }
  if ((bytes[next]! | 0x20) === LETTER_E) {
    const sign = bytes[next + 1];
    next = endOfDigits(bytes, sign === PLUS || sign === MINUS ? next + 2 : next + 1);
  }
  return next;
}

/** The number that stands at `bytes[start, end)`: nearly always digits only. NaN if it is none. */
export function numberAt(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) {
      return Number(bytes.toString('latin1', start, end));
    }
    number = number * 10 + digit;
  }
  return number;
}

function endOfDigits(bytes: Buffer, at: number): number {
  let next = at;
  while (bytes[next]! >= ZERO && bytes[next]! <= ZERO + 9) {
    next++;
  }
  if (next === at) {
    throw faultAt(bytes, at);
  }
  return next;
}

/**
 * The position after the escape at `at`; of a surrogate pair, after both halves. What no destination
 * can hold, half a pair or U+0000, is overwritten by U+FFFD, which takes as many bytes.
 * @param onReplaced called if it was
 * @throws JsonCutOff, JsonFault
 */
export function endOfEscape(bytes: Buffer, at: number, onReplaced: () => void): number {
  if (SHORT_ESCAPES.has(bytes[at + 1]!)) {
    return at + 2;
  }
  const unit = unitAt(bytes, at);
  if (isHighHalf(unit) && bytes[at + 6] === BACKSLASH && bytes[at + 7] === LETTER_U) {
    if (isLowHalf(unitAt(bytes, at + 6))) {
      return at + 12;
    }
  }
  if (unit === 0 || isHighHalf(unit) || isLowHalf(unit)) {
    REPLACEMENT.copy(bytes, at);
    onReplaced();
  }
  return at + 6;
}

/** The UTF-16 unit of the escape `\uXXXX` at `at`. */
function unitAt(bytes: Buffer, at: number): number {
  if (bytes[at + 1] !== LETTER_U) {
    throw faultAt(bytes, at + 1);
  }
  const digits = bytes.toString('latin1', at + 2, at + 6);
  const good = /^[\da-f]*/i.exec(digits)![0].length;
  if (good < 4) {
    throw faultAt(bytes, at + 2 + good);
  }
  return Number.parseInt(digits, 16);
}

function isHighHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
