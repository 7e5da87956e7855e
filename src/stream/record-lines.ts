import {STREAM} from '../airbyte/messages';
import type {AuditRecord} from '../confluence/page';
import {formatId} from '../confluence/record-id';
import {TextWriter} from '../json/text-writer';
import {COLON, DOT, OPEN_BRACE} from '../json/tokens';
import type {Part} from '../reading/reading';
import {keyOf} from '../reading/record-lists';
import type {Cursor} from './cursor';

const MS_PER_DAY = 86_400_000;
/** The first and the last millisecond that RFC 3339 can write. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const TWO_DIGITS = padded(60, 2);
const THREE_DIGITS = padded(1000, 3);
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

  /** @param id must need no escape in JSON, and be ASCII */
  add({json, timeMs, replaced}: Omit<AuditRecord, 'hash'>, id: string): void {
    const {lines} = this;
    lines.append(this.head);
    lines.append(json);
    // Its last brace comes after our fields.
    lines.length--;
    lines.comma(OPEN_BRACE);
    lines.ascii('"id":"');
    lines.ascii(id);
    lines.append(this.tail);
    this.addTime(Math.min(Math.max(timeMs, FIRST_MS), LAST_MS));
    lines.ascii('"}}}\n');
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
    const ms = timeMs - day * MS_PER_DAY;
    const seconds = Math.floor(ms / 1000);
    const minutes = Math.floor(seconds / 60);
    lines.ascii(this.dayText);
    lines.ascii(TWO_DIGITS[Math.floor(minutes / 60)]!);
    lines.byte(COLON);
    lines.ascii(TWO_DIGITS[minutes % 60]!);
    lines.byte(COLON);
    lines.ascii(TWO_DIGITS[seconds % 60]!);
    lines.byte(DOT);
    lines.ascii(THREE_DIGITS[ms % 1000]!);
    lines.ascii('Z');
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
  const twins = new Map<string, number>();
  let latestMs = NaN;
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!;
    const {timeMs, hash} = record;
    if (timeMs !== latestMs) {
      twins.clear();
      latestMs = timeMs;
    }
    // Most milliseconds hold one record, which needs no counting.
    let ordinal = 1;
    if (timeMs === records[i + 1]?.timeMs || twins.size > 0) {
      ordinal = (twins.get(keyOf(record)) ?? 0) + 1;
      twins.set(keyOf(record), ordinal);
    }
    if (cursor.admit(record, ordinal)) {
      lines.add(record, formatId(hash, ordinal));
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

function padded(count: number, width: number): string[] {
  return Array.from({length: count}, (_, number) => String(number).padStart(width, '0'));
}
