import {isUtf8} from 'node:buffer';

import {JsonCursor} from '../json-cursor';
import {JsonFault, OPEN_BRACE} from '../json-tokens';
import {NotAnAuditLog} from './not-an-audit-log';
import type {RecordHasher} from './record-id';
import {RecordList} from './record-list';

const LINE_BREAKS = [0x0a, 0x0d];
/**
 * One answer of the audit endpoint, still as the bytes that came: a record is a piece of `bytes`,
 * found by position and handed on as it stands, so that nothing in it can change on the way.
 */
export interface AuditPage {
  /** UTF-8 JSON without line breaks. */
  readonly bytes: Buffer;
  readonly count: number;
  /** Where record i starts and ends in `bytes`: [starts[i], ends[i]), from `{` to behind `}`. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** creationDate of record i, epoch ms. */
  readonly times: readonly number[];
  /** SHA-256 of record i's stable content, hex. */
  readonly hashes: readonly string[];
  /** The page size that the server says it granted; undefined if it does not say. */
  readonly limit: number | undefined;
  /** `_links.next` is there. It is read as "there is more" and never as an address: it names the site's host. */
  readonly hasNext: boolean;
  /** Gives the memory of `bytes` back: nobody may read it after that. */
  release(): void;
}

/**
 * Reads the body of a 200 answer. Every byte is checked, since records leave as they came.
 * @throws JsonCutOff if the body ends too early, JsonFault if it is no JSON, NotAnAuditLog if it is
 *   JSON of another shape, or a record has no integer `creationDate`
 */
export function parseAuditPage(
  body: Buffer,
  hasher: RecordHasher,
  release: () => void = () => undefined,
): AuditPage {
  const bytes = isUtf8(body) ? body : Buffer.from(body.toString('utf8'));
  const cursor = new JsonCursor(bytes);
  const records = new RecordList(cursor, hasher);
  const envelope = new Map<string, unknown>();
  if (cursor.peek() !== OPEN_BRACE) {
    cursor.skipValue();
    throw new NotAnAuditLog('the answer is JSON, but not an object');
  }
  cursor.eachMember((keyStart, keyEnd) => {
    const key = bytes.toString('latin1', keyStart, keyEnd);
    if (key === 'results') {
      records.read();
    }
    envelope.set(key, key === 'results' || takeValue(cursor));
  });
  expectEnd(cursor);
  if (!envelope.has('results')) {
    throw new NotAnAuditLog('the answer has no `results`');
  }
  blankLineBreaks(bytes);
  const {starts, ends, times, hashes} = records;
  const limit = envelope.get('limit');
  const links = envelope.get('_links') as {next?: unknown} | null | undefined;
  return {
    bytes,
    count: starts.length,
    starts,
    ends,
    times,
    hashes,
    limit: typeof limit === 'number' && limit > 0 ? limit : undefined,
    hasNext: Boolean(links?.next),
    release,
  };
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
