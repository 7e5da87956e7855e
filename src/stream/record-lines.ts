import {STREAM} from '../airbyte/messages';
import type {AuditRecord} from '../confluence/page';
import {ID_VERSION} from '../confluence/record-id';
import {TextWriter} from '../json/text-writer';
import {COLON, DOT, OPEN_BRACE} from '../json/tokens';
import type {Part} from '../reading/reading';
import type {Cursor} from './cursor';

const MS_PER_DAY = 86_400_000;
const LETTER_Z = 0x5a;
const ID = Buffer.from(`"id":"${ID_VERSION}:`);
const END = Buffer.from('"}}}\n');
/** The first and the last millisecond that RFC 3339 can write. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
/** What a time of day is written of. */
const TIME = [
  {ms: 3_600_000, digits: 2, after: COLON},
  {ms: 60_000, digits: 2, after: COLON},
  {ms: 1000, digits: 2, after: DOT},
  {ms: 1, digits: 3, after: LETTER_Z},
];
/** So many go to stdout at a time: what is made is soon written, and forgotten while it is young. */
const FULL_BYTES = 192 * 1024;
/** Mostly enough for the last line. */
const MORE_BYTES = 16 * 1024;

/**
 * Many RECORD messages, one a line, as the bytes that go to stdout. Each record is there as the API sent it, with
 * fields of our own after its last one.
 */
export class RecordLines {
  /** How many lines there are. */
  count = 0;
  /** How many characters were replaced in them that no destination can hold. */
  replaced = 0;
  private readonly head: Buffer;
  private readonly tail: Buffer;
  private readonly lines = new TextWriter(FULL_BYTES + MORE_BYTES);
  private day = NaN;
  private dayText = '';

  /** @param cloudId must need no escape in JSON */
  constructor(cloudId: string, emittedAtMs: number) {
    const head = `{"type":"RECORD","record":{"stream":"${STREAM.name}","emitted_at":${emittedAtMs},"data":`;
    this.head = Buffer.from(head);
    this.tail = Buffer.from(`","cloudId":"${cloudId}","createdAt":"`);
  }

  get bytes(): Buffer {
    return this.lines.bytes.subarray(0, this.lines.length);
  }

  get isFull(): boolean {
    return this.lines.length >= FULL_BYTES;
  }

  /** @param ordinal the first, second, … record with this hash in its millisecond */
  add({json, hash, timeMs, replaced}: AuditRecord, ordinal: number): void {
    const {lines} = this;
    lines.append(this.head);
    lines.append(json);
    // Its last brace comes after our fields.
    lines.length--;
    lines.comma(OPEN_BRACE);
    lines.append(ID);
    lines.ascii(hash);
    if (ordinal > 1) {
      lines.ascii(`:${ordinal}`);
    }
    lines.append(this.tail);
    this.addTime(Math.min(Math.max(timeMs, FIRST_MS), LAST_MS));
    lines.append(END);
    this.count++;
    this.replaced += replaced;
  }

  /** As toISOString does, in a tenth of its time: records come in order, so the day is mostly the last one's. */
  private addTime(timeMs: number): void {
    const {lines} = this;
    const day = Math.floor(timeMs / MS_PER_DAY);
    if (day !== this.day) {
      this.day = day;
      this.dayText = new Date(day * MS_PER_DAY).toISOString().slice(0, -'hh:mm:ss.mmmZ'.length);
    }
    lines.ascii(this.dayText);
    let left = timeMs - day * MS_PER_DAY;
    for (const {ms, digits, after} of TIME) {
      lines.digits(Math.floor(left / ms), digits);
      lines.byte(after);
      left %= ms;
    }
  }
}

/**
 * The RECORD lines for what is new of a part, some at a time: records get their ids, and what was emitted
 * before is left out. All records of a millisecond MUST be in the part.
 */
export function* recordLinesOf(
  {records}: Part,
  cursor: Cursor,
  cloudId: string,
  emittedAtMs: number,
): Generator<RecordLines> {
  let lines = new RecordLines(cloudId, emittedAtMs);
  // How often each hash came in the latest millisecond.
  const counts = new Map<string, number>();
  let latestMs: number | undefined;
  for (const record of records) {
    const {hash, timeMs} = record;
    if (timeMs !== latestMs) {
      counts.clear();
      latestMs = timeMs;
    }
    const ordinal = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, ordinal);
    if (cursor.admit(record, ordinal)) {
      lines.add(record, ordinal);
    }
    if (lines.isFull) {
      yield lines;
      lines = new RecordLines(cloudId, emittedAtMs);
    }
  }
  if (lines.count > 0) {
    yield lines;
  }
}
