import {TextWriter} from '../json/text-writer';
import {COLON, DOT, OPEN_BRACE} from '../json/tokens';

const MS_PER_DAY = 86_400_000;
/** The last millisecond that RFC 3339 can write. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const FIRST_MS = -62_167_219_200_000;
const TWO_DIGITS = padded(60, 2);
const THREE_DIGITS = padded(1000, 3);
/** So many go to stdout at a time: what is made is soon written, and forgotten while it is young. */
const FULL_BYTES = 192 * 1024;
/** With room for the last line, mostly. */
const CAPACITY = FULL_BYTES + 16 * 1024;

/** Many RECORD messages, one a line, as the bytes that go to stdout. */
export interface RecordLines {
  readonly bytes: Buffer;
  /** How many lines there are. */
  readonly count: number;
}

/**
 * Writes RECORD messages as bytes: a record goes in as the bytes that the API sent and comes out as
 * the same bytes, with fields of our own after its last one.
 */
export class RecordLinesBuilder {
  private readonly head: Buffer;
  private readonly tail: Buffer;
  private readonly lines = new TextWriter(CAPACITY);
  /** How many lines are there. */
  count = 0;
  private day = NaN;
  private dayText = '';

  /** @param cloudId must need no escape in JSON */
  constructor(streamName: string, cloudId: string, emittedAtMs: number) {
    const stream = JSON.stringify(streamName);
    this.head = Buffer.from(
      `{"type":"RECORD","record":{"stream":${stream},"emitted_at":${emittedAtMs},"data":`,
    );
    this.tail = Buffer.from(`","cloudId":"${cloudId}","createdAt":"`);
  }

  /** Whether it is time to hand over what is there. */
  get isFull(): boolean {
    return this.lines.length >= FULL_BYTES;
  }

  /** Adds a record. @param id must need no escape in JSON, and be ASCII */
  add(json: Buffer, timeMs: number, id: string): void {
    const {lines} = this;
    lines.append(this.head);
    lines.append(json);
    // Its last brace comes after our fields.
    lines.length--;
    lines.comma(OPEN_BRACE);
    lines.ascii('"id":"');
    lines.ascii(id);
    lines.append(this.tail);
    this.addTime(timeMs);
    lines.ascii('"}}}\n');
    this.count++;
  }

  build(): RecordLines {
    const {bytes, length} = this.lines;
    return {bytes: bytes.subarray(0, length), count: this.count};
  }

  /**
   * Epoch ms -> RFC 3339 in UTC with milliseconds, as far as that goes. Records come in order, so the
   * day is mostly the last one's.
   */
  private addTime(recordMs: number): void {
    const {lines} = this;
    const timeMs = Math.min(Math.max(recordMs, FIRST_MS), LAST_MS);
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

function padded(count: number, width: number): string[] {
  return Array.from({length: count}, (_, number) => String(number).padStart(width, '0'));
}
