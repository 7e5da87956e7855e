import {JsonCursor} from '../json-cursor';
import {BACKSLASH, isDigit, OPEN_BRACE, OPEN_BRACKET, PLAIN, QUOTE} from '../json-tokens';

/**
 * Walks over values as Confluence writes them. Each returns the position behind the value, or -1 where
 * it may be something else, or no JSON at all: the strict walk then says which.
 */

const ZERO = 0x30;
/** The escapes that JSON.stringify writes, too: a string with no others is already as it would write it. */
const USUAL_ESCAPES = Uint8Array.from({length: 256}, (_, byte) =>
  '"\\bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);
const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

/** The string whose opening quote is at `at`. */
export function endOfText(bytes: Buffer, at: number): number {
  let next = at + 1;
  for (;;) {
    while (PLAIN[bytes[next]!] === 1) {
      next++;
    }
    const byte = bytes[next];
    if (byte === QUOTE) {
      return next + 1;
    }
    if (byte !== BACKSLASH || USUAL_ESCAPES[bytes[next + 1]!] !== 1) {
      return -1;
    }
    next += 2;
  }
}

/** Any value. */
export function endOfValue(bytes: Buffer, at: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return endOfText(bytes, at);
    case NULL[0]:
      return endOfLiteral(bytes, at, NULL);
    case TRUE[0]:
      return endOfLiteral(bytes, at, TRUE);
    case FALSE[0]:
      return endOfLiteral(bytes, at, FALSE);
    case OPEN_BRACE:
    case OPEN_BRACKET:
      return endOfNested(bytes, at);
    default:
      return endOfNatural(bytes, at);
  }
}

/** The natural number that is written at `bytes[start, end)`; undefined if it is none, or not exact. */
export function naturalNumber(bytes: Buffer, start: number, end: number): number | undefined {
  let number = 0;
  for (let at = start; at < end; at++) {
    number = isDigit(bytes[at]!) ? number * 10 + bytes[at]! - ZERO : NaN;
  }
  return end > start && Number.isSafeInteger(number) ? number : undefined;
}

function endOfLiteral(bytes: Buffer, at: number, literal: Buffer): number {
  for (let i = 1; i < literal.length; i++) {
    if (bytes[at + i] !== literal[i]) {
      return -1;
    }
  }
  return at + literal.length;
}

/** A container whose content is of no interest here is rare: the strict cursor checks it. */
function endOfNested(bytes: Buffer, at: number): number {
  const cursor = new JsonCursor(bytes);
  cursor.at = at;
  cursor.skipValue();
  return cursor.at;
}

function endOfNatural(bytes: Buffer, at: number): number {
  let next = at;
  while (isDigit(bytes[next]!)) {
    next++;
  }
  return next === at || (bytes[at] === ZERO && next > at + 1) ? -1 : next;
}
