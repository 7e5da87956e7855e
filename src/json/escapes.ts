import {BACKSLASH, faultAt} from './tokens';

const SLASH = 0x2f;
const LETTER_U = 0x75;
/** 1 for every byte that may follow a backslash and is all of the escape. */
const SHORT_ESCAPES = tableOf('"\\/bfnrt', () => 1);
/** The value of every hex digit, and one more: 0 for other bytes. */
const HEX_DIGITS = tableOf('0123456789abcdefABCDEF', (digit) => Number.parseInt(digit, 16) + 1);
const REPLACEMENT = Buffer.from(String.raw`\ufffd`);

/** Whether JSON.stringify may write the escape at `at` in another way. */
export function isOddEscape(bytes: Buffer, at: number): boolean {
  return bytes[at + 1] === LETTER_U || bytes[at + 1] === SLASH;
}

/**
 * The position after the escape at `at`; of a surrogate pair, after both halves. What no destination
 * can hold, half a pair or U+0000, is overwritten by U+FFFD, which takes as many bytes.
 * @param count where that is counted
 * @throws JsonCutOff, JsonFault
 */
export function endOfEscape(bytes: Buffer, at: number, count: {replaced: number}): number {
  if (SHORT_ESCAPES[bytes[at + 1]!] === 1) {
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
    count.replaced++;
  }
  return at + 6;
}

/** The UTF-16 unit of the escape `\uXXXX` at `at`. */
function unitAt(bytes: Buffer, at: number): number {
  if (bytes[at + 1] !== LETTER_U) {
    throw faultAt(bytes, at + 1);
  }
  let unit = 0;
  for (let i = at + 2; i < at + 6; i++) {
    const digit = HEX_DIGITS[bytes[i]!] ?? 0;
    if (digit === 0) {
      throw faultAt(bytes, i);
    }
    unit = (unit << 4) | (digit - 1);
  }
  return unit;
}

function isHighHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function tableOf(characters: string, valueOf: (character: string) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) {
    table[character.charCodeAt(0)] = valueOf(character);
  }
  return table;
}
