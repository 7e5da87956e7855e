import type {JsonCursor} from '../json-cursor';
import {COMMA, OPEN_BRACE, OPEN_BRACKET} from '../json-tokens';
import {KeySet} from './key-set';
import {NotAnAuditLog} from './not-an-audit-log';
import type {RecordHasher} from './record-id';

const BLANK = 0x20;
const KEYS = new KeySet('creationDate', 'id', 'cloudId', 'createdAt');
const CREATION_DATE = 0;

/** Reads the records of a page: where each starts and ends, when it was, and its hash. */
export class RecordList {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly times: number[] = [];
  readonly hashes: string[] = [];

  /** @param cursor stands on the value of `results` when `read` is called */
  constructor(
    private readonly cursor: JsonCursor,
    private readonly hasher: RecordHasher,
  ) {}

  /** @throws JsonCutOff, JsonFault, NotAnAuditLog */
  read(): void {
    if (this.cursor.peek() !== OPEN_BRACKET) {
      throw new NotAnAuditLog('`results` is not an array');
    }
    this.cursor.eachElement(() => this.readRecord());
  }

  private readRecord(): void {
    const {cursor, hasher} = this;
    if (cursor.peek() !== OPEN_BRACE) {
      throw new NotAnAuditLog(`result ${this.starts.length + 1} is not an object`);
    }
    const start = cursor.at;
    const usual = hasher.hashAt(cursor.bytes, start);
    if (usual) {
      cursor.at = usual.end;
      this.add(start, usual.end, usual.timeMs, usual.hash);
    } else {
      this.readUnusual(start);
    }
  }

  /** The way for a record that looks otherwise than Confluence writes it. */
  private readUnusual(start: number): void {
    const {cursor, hasher} = this;
    const {bytes} = cursor;
    const ours: [number, number][] = [];
    let timeMs: number | undefined;
    cursor.eachMember((keyStart, keyEnd) => {
      const key = KEYS.find(bytes, keyStart, keyEnd);
      cursor.peek();
      const valueStart = cursor.at;
      cursor.skipValue();
      if (key === CREATION_DATE) {
        timeMs = toTime(bytes.toString('latin1', valueStart, cursor.at));
      } else if (key > CREATION_DATE) {
        ours.push([keyStart - 1, cursor.at]);
      }
    });
    if (timeMs === undefined) {
      throw new NotAnAuditLog(
        `record ${this.starts.length + 1} has no creationDate in integer milliseconds`,
      );
    }
    for (const [from, to] of ours) {
      blankMember(bytes, from, to);
    }
    const json = bytes.toString('utf8', start, cursor.at);
    this.add(start, cursor.at, timeMs, hasher.hashOf(json));
  }

  private add(start: number, end: number, timeMs: number, hash: string): void {
    this.starts.push(start);
    this.ends.push(end);
    this.times.push(timeMs);
    this.hashes.push(hash);
  }
}

function toTime(text: string): number | undefined {
  const time = /^-?\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(time) ? time : undefined;
}

/**
 * Overwrites a member, from its key's quote to behind its value, and the comma that would be left
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
    while (bytes[start] !== COMMA) {
      start--;
    }
  }
  bytes.fill(BLANK, start, end);
}
