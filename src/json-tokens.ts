/** The bytes that JSON is made of, and strict walks over its tokens (RFC 8259). Positions are byte offsets. */

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const LETTER_U = 0x75;

/** 1 for every byte that may stand in a string and means itself. */
export const PLAIN = Uint8Array.from({length: 256}, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/** The bytes end where JSON has to go on: the text was cut off. */
export class JsonCutOff extends Error {
  constructor(at: number) {
    super(`the text ends at byte ${at}`);
  }
}

/** The bytes are no JSON. */
export class JsonFault extends Error {}

/** What to throw at a byte that does not belong there. */
export function faultAt(bytes: Uint8Array, at: number): Error {
  const byte = bytes[at];
  return byte === undefined
    ? new JsonCutOff(at)
    : new JsonFault(`unexpected byte ${byte} at ${at}`);
}

/** Behind the string whose opening quote is at `at`. @throws JsonCutOff, JsonFault */
export function endOfString(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  for (;;) {
    while (PLAIN[bytes[next]!] === 1) {
      next++;
    }
    if (bytes[next] === QUOTE) {
      return next + 1;
    }
    if (bytes[next] !== BACKSLASH) {
      throw faultAt(bytes, next);
    }
    next = endOfEscape(bytes, next);
  }
}

function endOfEscape(bytes: Uint8Array, at: number): number {
  const kind = bytes[at + 1]!;
  if (ESCAPES.has(kind)) {
    return at + 2;
  }
  if (kind !== LETTER_U) {
    throw faultAt(bytes, at + 1);
  }
  const end = at + 6;
  for (let next = at + 2; next < end; next++) {
    if (!isHexDigit(bytes[next]!)) {
      throw faultAt(bytes, next);
    }
  }
  return end;
}

/** Behind the number or literal at `at`. @throws JsonCutOff, JsonFault */
export function endOfScalar(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case NULL[0]:
      return endOfLiteral(bytes, at, NULL);
    case TRUE[0]:
      return endOfLiteral(bytes, at, TRUE);
    case FALSE[0]:
      return endOfLiteral(bytes, at, FALSE);
    default:
      return endOfNumber(bytes, at);
  }
}

function endOfLiteral(bytes: Uint8Array, at: number, literal: Uint8Array): number {
  for (let i = 1; i < literal.length; i++) {
    if (bytes[at + i] !== literal[i]) {
      throw faultAt(bytes, at + i);
    }
  }
  return at + literal.length;
}

function endOfNumber(bytes: Uint8Array, at: number): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  let next = bytes[first] === ZERO ? first + 1 : endOfDigits(bytes, first);
  if (bytes[next] === DOT) {
    next = endOfDigits(bytes, next + 1);
  }
  if ((bytes[next]! | 0x20) === 0x65) {
    const sign = bytes[next + 1];
    next = endOfDigits(bytes, sign === PLUS || sign === MINUS ? next + 2 : next + 1);
  }
  return next;
}

function endOfDigits(bytes: Uint8Array, at: number): number {
  let next = at;
  while (isDigit(bytes[next]!)) {
    next++;
  }
  if (next === at) {
    throw faultAt(bytes, at);
  }
  return next;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
