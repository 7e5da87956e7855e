import {isUtf8} from 'node:buffer';

import {Scanner} from '../json/scanner';
import {BLANK, COMMA, OPEN_BRACE, OPEN_BRACKET} from '../json/tokens';
import {nameAt} from './members';
import type {RecordHasher} from './record-hasher';

/** The answer is JSON, but not an audit log. */
export class NotAnAuditLog extends Error {}

/** One audit record. It leaves as the bytes that came, so that nothing in it can change on the way. */
export interface AuditRecord {
  /** creationDate, epoch ms. */
  readonly timeMs: number;
  /** Over all that the record says of its event; equal for twins. */
  readonly hash: string;
  /** From `{` to `}`, UTF-8, without line breaks and without members named like ours. */
  readonly json: Buffer;
  /** How many of its characters were replaced that no destination can hold. */
  readonly replaced: number;
}

/** One answer of the audit endpoint. All that it says beside its records may be wrong. */
export interface AuditPage {
  /** In the order in which they came. */
  readonly records: readonly AuditRecord[];
  /** The page size that the server says it granted; undefined if it does not say. */
  readonly limit: number | undefined;
  /** `_links.next` is there. It is never followed: it names the site's host. */
  readonly hasNext: boolean;
  /** Of the body. */
  readonly bytes: number;
}

/**
 * Reads the body of a 200 answer, which it mends in place. Every byte is checked, since records leave
 * as they came.
 * @throws JsonCutOff if the body ends too early, JsonFault if it is not JSON, NotAnAuditLog if it is
 *   JSON of another shape, or a record has no integer `creationDate`
 */
export function parseAuditPage(body: Buffer, hasher: RecordHasher): AuditPage {
  const scanner = new Scanner(isUtf8(body) ? body : Buffer.from(body.toString('utf8')));
  const {bytes} = scanner;
  let records: AuditRecord[] | undefined;
  let limit: number | undefined;
  let hasNext = false;
  const isObject = eachMember(scanner, (name) => {
    switch (name) {
      case 'results':
        records = readRecords(scanner, hasher);
        break;
      case 'limit':
        limit = Number(valueOf(scanner)) || undefined;
        break;
      case '_links':
        hasNext = hasMember(scanner, 'next');
        break;
      default:
        scanner.value();
    }
  });
  scanner.end();
  if (!records) {
    const what = isObject ? 'the answer has no `results`' : 'the answer is JSON, but not an object';
    throw new NotAnAuditLog(what);
  }
  return {records, limit, hasNext, bytes: bytes.length};
}

function readRecords(scanner: Scanner, hasher: RecordHasher): AuditRecord[] {
  const records: AuditRecord[] = [];
  if (scanner.peek() !== OPEN_BRACKET) {
    throw new NotAnAuditLog('`results` is not an array');
  }
  for (let more = scanner.enter(OPEN_BRACKET); more; more = scanner.next(OPEN_BRACKET)) {
    if (scanner.peek() !== OPEN_BRACE) {
      throw new NotAnAuditLog(`result ${records.length + 1} is not an object`);
    }
    const {at: start, replaced: replacedBefore} = scanner;
    const {timeMs, hash, ours} = hasher.walk(scanner);
    if (Number.isNaN(timeMs)) {
      throw new NotAnAuditLog(
        `record ${records.length + 1} has no creationDate in integer milliseconds`,
      );
    }
    ours.forEach(([from, to]) => blankMember(scanner.bytes, from, to));
    const json = scanner.bytes.subarray(start, scanner.at);
    records.push({timeMs, hash, json, replaced: scanner.replaced - replacedBefore});
  }
  return records;
}

/** Steps over a value; if it is an object, `step` has to step over the value of each member. Whether it is one. */
function eachMember(scanner: Scanner, step: (name: string) => void): boolean {
  if (scanner.peek() !== OPEN_BRACE) {
    scanner.value();
    return false;
  }
  for (let more = scanner.enter(OPEN_BRACE); more; more = scanner.next(OPEN_BRACE)) {
    const end = scanner.key();
    step(nameAt(scanner.bytes, scanner.nameStart, end));
  }
  return true;
}

/** Steps over a value and returns its JSON; that of a container only as a number of bytes matters to nobody. */
function valueOf(scanner: Scanner): string {
  scanner.peek();
  const start = scanner.at;
  scanner.value();
  return scanner.bytes.toString('latin1', start, Math.min(scanner.at, start + 32));
}

/** Steps over a value; whether it is an object with a member of this name that is not empty. */
function hasMember(scanner: Scanner, wanted: string): boolean {
  let has = false;
  eachMember(scanner, (name) => {
    const value = valueOf(scanner);
    has ||= name === wanted && !['null', 'false', '""', '0'].includes(value);
  });
  return has;
}

/**
 * Overwrites a member, from its name's quote to after its value, and the comma that would be left
 * over: should Confluence ever send a field by the name of one of ours, ours takes its place.
 */
function blankMember(bytes: Buffer, from: number, to: number): void {
  let start = from;
  let end = to;
  while (bytes[end]! <= BLANK) {
    end++;
  }
  if (bytes[end] === COMMA) {
    end++;
  } else {
    while (bytes[start] !== COMMA && bytes[start] !== OPEN_BRACE) {
      start--;
    }
    start += bytes[start] === OPEN_BRACE ? 1 : 0;
  }
  bytes.fill(BLANK, start, end);
}
