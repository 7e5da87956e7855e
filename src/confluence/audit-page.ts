import {isUtf8} from 'node:buffer';

import {JsonCursor, JsonFault} from '../json-cursor';

const OPEN_BRACE = 0x7b;
const LINE_BREAKS = [0x0a, 0x0d];
const COMMA = 0x2c;
const CREATION_DATE = Buffer.from('creationDate');
/** Fields that this connector adds; should Confluence ever send one of that name, ours takes its place. */
const OWN_KEYS = ['id', 'cloudId', 'createdAt'].map((key) => Buffer.from(key));

/**
 * One answer of the audit endpoint, still as the bytes that came: a record is a piece of `bytes`,
 * found by position and handed on as it stands, so that nothing in it can change on the way.
 */
export interface AuditPage {
  /** UTF-8 JSON without line breaks. */
  readonly bytes: Buffer;
  readonly count: number;
  /** Where record i starts and ends in `bytes`: [starts[i], ends[i]), from `{` to behind `}`. */
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  /** creationDate of record i, epoch ms. */
  readonly times: ArrayLike<number>;
  /** The page size that the server says it granted; undefined if it does not say. */
  readonly limit: number | undefined;
  /** `_links.next` is there. It is read as "there is more" and never as an address: it names the site's host. */
  readonly hasNext: boolean;
}

/** The answer is JSON, but no audit log. */
export class NotAnAuditLog extends Error {}

/**
 * Reads the body of a 200 answer. Every byte is checked, since records leave as they came.
 * @throws JsonCutOff if the body ends too early, JsonFault if it is no JSON, NotAnAuditLog if it is
 *   JSON of another shape, or a record has no integer `creationDate`
 */
export function parseAuditPage(body: Buffer): AuditPage {
  const bytes = isUtf8(body) ? body : Buffer.from(body.toString('utf8'));
  const cursor = new JsonCursor(bytes);
  const starts: number[] = [];
  const ends: number[] = [];
  const times: number[] = [];
  const own: number[] = [];
  let hasResults = false;
  let hasNext = false;
  let limit: number | undefined;

  const scanRecord = (): void => {
    if (cursor.peek() !== OPEN_BRACE) {
      throw new NotAnAuditLog(`result ${starts.length + 1} is not an object`);
    }
    const start = cursor.at;
    let time: number | undefined;
    cursor.eachMember((keyStart, keyEnd) => {
      const isTime = isKey(bytes, keyStart, keyEnd, CREATION_DATE);
      const valueStart = isTime && cursor.peek() !== undefined ? cursor.at : 0;
      cursor.skipValue();
      if (isTime) {
        time = parseInteger(bytes, valueStart, cursor.at);
      } else if (OWN_KEYS.some((key) => isKey(bytes, keyStart, keyEnd, key))) {
        own.push(keyStart - 1, cursor.at);
      }
    });
    if (time === undefined) {
      throw new NotAnAuditLog(
        `record ${starts.length + 1} has no creationDate in integer milliseconds`,
      );
    }
    starts.push(start);
    ends.push(cursor.at);
    times.push(time);
  };

  if (cursor.peek() !== OPEN_BRACE) {
    cursor.skipValue();
    throw new NotAnAuditLog('the answer is JSON, but not an object');
  }
  cursor.eachMember((keyStart, keyEnd) => {
    const key = bytes.toString('latin1', keyStart, keyEnd);
    if (key === 'results') {
      if (cursor.peek() !== 0x5b) {
        throw new NotAnAuditLog('`results` is not an array');
      }
      hasResults = true;
      cursor.eachElement(scanRecord);
    } else if (key === 'limit' || key === '_links') {
      const value = takeValue(cursor);
      if (key === 'limit') {
        limit = typeof value === 'number' && value > 0 ? value : undefined;
      } else {
        hasNext =
          typeof value === 'object' && value !== null && Boolean((value as {next?: unknown}).next);
      }
    } else {
      cursor.skipValue();
    }
  });
  expectEnd(cursor);
  if (!hasResults) {
    throw new NotAnAuditLog('the answer has no `results`');
  }
  blankLineBreaks(bytes);
  blankMembers(bytes, own);
  return {bytes, count: starts.length, starts, ends, times, limit, hasNext};
}

/** Steps over a value and parses it. */
function takeValue(cursor: JsonCursor): unknown {
  cursor.peek();
  const start = cursor.at;
  cursor.skipValue();
  return JSON.parse(Buffer.from(cursor.bytes.subarray(start, cursor.at)).toString('utf8'));
}

function expectEnd(cursor: JsonCursor): void {
  const rest = cursor.bytes.subarray(cursor.at);
  if (rest.some((byte) => byte !== 0x20 && byte !== 0x09 && !LINE_BREAKS.includes(byte))) {
    throw new JsonFault(`something follows the JSON text at byte ${cursor.at}`);
  }
}

/** Valid JSON has line breaks between tokens only, where a blank means the same. */
function blankLineBreaks(bytes: Buffer): void {
  for (const lineBreak of LINE_BREAKS) {
    for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at + 1)) {
      bytes[at] = 0x20;
    }
  }
}

/** Overwrites members, [start, end) each, and the comma that would be left over. */
function blankMembers(bytes: Buffer, spans: readonly number[]): void {
  for (let i = 0; i < spans.length; i += 2) {
    let start = spans[i]!;
    let end = spans[i + 1]!;
    while (bytes[end] === 0x20 || bytes[end] === 0x09) {
      end++;
    }
    if (bytes[end] === COMMA) {
      end++;
    } else {
      while (bytes[start] !== COMMA) {
        start--;
      }
    }
    bytes.fill(0x20, start, end);
  }
}

function isKey(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  if (end - start !== key.length) {
    return false;
  }
  for (let i = 0; i < key.length; i++) {
    if (bytes[start + i] !== key[i]) {
      return false;
    }
  }
  return true;
}

/** Decimal digits, perhaps with a minus -> a safe integer; undefined for anything else. */
function parseInteger(bytes: Buffer, start: number, end: number): number | undefined {
  let value = 0;
  const first = bytes[start] === 0x2d ? start + 1 : start;
  for (let i = first; i < end; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) {
      return undefined;
    }
    value = value * 10 + digit;
  }
  if (end === first || !Number.isSafeInteger(value)) {
    return undefined;
  }
  return first === start ? value : -value;
}
