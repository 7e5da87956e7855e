/** The bytes that JSON is made of (RFC 8259). Positions are byte offsets. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const BLANK = 0x20;
export const DOT = 0x2e;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
const LETTER_E = 0x65;

/** Of a whole number that a double holds whatever it is. */
const MOST_EXACT_DIGITS = 15;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
export const NULL = Buffer.from('null');

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
  const literal = literalBy(bytes[at]!);
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

function literalBy(first: number): Buffer | undefined {
  switch (first) {
    case TRUE[0]:
      return TRUE;
    case FALSE[0]:
      return FALSE;
    case NULL[0]:
      return NULL;
    default:
      return undefined;
  }
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

/** Whether the number at `bytes[start, end)` is digits only, and so few that JSON.stringify writes the same. */
export function isExactNumber(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (isDigit(bytes[at])) {
    at++;
  }
  return at === end && end - start <= MOST_EXACT_DIGITS;
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
  while (isDigit(bytes[next])) {
    next++;
  }
  if (next === at) {
    throw faultAt(bytes, at);
  }
  return next;
}

function isDigit(byte: number | undefined): boolean {
  return byte! >= ZERO && byte! <= ZERO + 9;
}

/** Whether a byte may stand between tokens and means nothing. */
export function isWhite(byte: number): boolean {
  // Nearly every byte is more than a blank, which one comparison tells.
  return byte <= BLANK && (byte === BLANK || byte === TAB || isLineBreak(byte));
}

export function isLineBreak(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}
