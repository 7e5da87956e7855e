import {AirbyteMessageType} from '@faros-ai/airbyte-cdk/lib/protocol';
import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {BufferPool} from '../buffer-pool';

const MS_PER_DAY = 86_400_000;
const TWO_DIGITS = padded(60, 2);
const THREE_DIGITS = padded(1000, 3);
/** Envelope and own fields of one line, at most. */
const EXTRA_BYTES = 512;

/** Many RECORD messages, one a line, as the bytes that go to stdout. */
export class RecordLines implements AirbyteMessage {
  readonly type = AirbyteMessageType.RECORD;

  constructor(
    readonly bytes: Buffer,
    readonly count: number,
    private readonly pool: BufferPool,
  ) {}

  /** Gives the memory back when the lines are written. */
  release(): void {
    this.pool.give(this.bytes);
  }
}

/**
 * Writes RECORD messages as bytes: a record goes in as the bytes that the API sent and comes out as
 * the same bytes, with fields of our own behind its last one.
 */
export class RecordLinesBuilder {
  private bytes: Buffer;
  private length = 0;
  private count = 0;
  private readonly head: Buffer;
  private day = NaN;
  private dayText = '';

  /** @param capacity how many bytes of records are expected */
  constructor(
    streamName: string,
    emittedAtMs: number,
    capacity: number,
    private readonly pool: BufferPool,
  ) {
    this.head = Buffer.from(
      `{"type":"RECORD","record":{"stream":${JSON.stringify(streamName)},"emitted_at":${emittedAtMs},"data":`,
    );
    this.bytes = pool.take(capacity);
  }

  /**
   * Adds the record `source[start, end)`, a JSON object without line breaks.
   * @param id must need no escape in JSON
   * @param cloudId likewise
   */
  add(
    source: Buffer,
    start: number,
    end: number,
    timeMs: number,
    id: string,
    cloudId: string,
  ): void {
    this.reserve(end - start + EXTRA_BYTES);
    const {bytes} = this;
    let at = this.length;
    at += this.head.copy(bytes, at);
    at += source.copy(bytes, at, start, end - 1);
    const createdAt = this.formatTime(timeMs);
    at += bytes.write(
      `,"id":"${id}","cloudId":"${cloudId}","createdAt":"${createdAt}"}}}\n`,
      at,
      'latin1',
    );
    this.length = at;
    this.count++;
  }

  build(): RecordLines {
    return new RecordLines(this.bytes.subarray(0, this.length), this.count, this.pool);
  }

  /** Epoch ms -> RFC 3339 in UTC with milliseconds. Records come in order, so the day is mostly the last one's. */
  private formatTime(timeMs: number): string {
    const day = Math.floor(timeMs / MS_PER_DAY);
    if (day !== this.day) {
      this.day = day;
      this.dayText = new Date(day * MS_PER_DAY).toISOString().slice(0, -'hh:mm:ss.mmmZ'.length);
    }
    const ms = timeMs - day * MS_PER_DAY;
    const seconds = Math.floor(ms / 1000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    return `${this.dayText}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}.${THREE_DIGITS[ms % 1000]}Z`;
  }

  private reserve(needed: number): void {
    if (this.length + needed > this.bytes.length) {
      const larger = this.pool.take(2 * (this.bytes.length + needed));
      this.bytes.copy(larger, 0, 0, this.length);
      this.pool.give(this.bytes);
      this.bytes = larger;
    }
  }
}

function padded(count: number, width: number): string[] {
  return Array.from({length: count}, (_, number) => String(number).padStart(width, '0'));
}
