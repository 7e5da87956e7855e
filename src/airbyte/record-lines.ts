import {AirbyteMessageType} from '@faros-ai/airbyte-cdk/lib/protocol';
import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

const MS_PER_SECOND = 1000;
const MS_PER_MINUTE = 60_000;
/** Envelope and own fields of one line, at most. */
const EXTRA_BYTES = 512;

/** Many RECORD messages, one a line, as the bytes that go to stdout. */
export class RecordLines implements AirbyteMessage {
  readonly type = AirbyteMessageType.RECORD;

  constructor(
    readonly bytes: Buffer,
    readonly count: number,
  ) {}
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
  private minute = NaN;
  private minuteText = '';

  /** @param capacity how many bytes of records are expected */
  constructor(streamName: string, emittedAtMs: number, capacity: number) {
    this.head = Buffer.from(
      `{"type":"RECORD","record":{"stream":${JSON.stringify(streamName)},"emitted_at":${emittedAtMs},"data":`,
    );
    this.bytes = Buffer.allocUnsafe(capacity);
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
    return new RecordLines(this.bytes.subarray(0, this.length), this.count);
  }

  /** Epoch ms -> RFC 3339 in UTC with milliseconds. Records come in order, so the minute is mostly the last one's. */
  private formatTime(timeMs: number): string {
    const minute = Math.floor(timeMs / MS_PER_MINUTE);
    if (minute !== this.minute) {
      this.minute = minute;
      this.minuteText = new Date(minute * MS_PER_MINUTE).toISOString().slice(0, -'ss.mmmZ'.length);
    }
    const rest = timeMs - minute * MS_PER_MINUTE;
    const seconds = Math.floor(rest / MS_PER_SECOND);
    const ms = rest % MS_PER_SECOND;
    return `${this.minuteText}${seconds < 10 ? '0' : ''}${seconds}.${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`;
  }

  private reserve(needed: number): void {
    if (this.length + needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.bytes.length + needed));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
  }
}
