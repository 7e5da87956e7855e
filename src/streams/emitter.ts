import {RecordLinesBuilder, type RecordLines} from '../airbyte/record-lines';
import type {Records} from '../confluence/page-records';
import {formatId, RecordHasher} from '../confluence/record-id';
import type {Cursor} from '../cursor';

/** Room for the envelope and our own fields in a first guess of how long the lines will be. */
const EXTRA_BYTES = 260;

/** Turns records into RECORD messages: gives them their ids and leaves out what was emitted before. */
export class Emitter {
  private readonly hasher: RecordHasher;
  /** Hashes met in the millisecond that was met last: a later one of the same is its twin. */
  private twins = new Map<string, number>();
  private twinsMs = NaN;

  constructor(
    private readonly streamName: string,
    private readonly cloudId: string,
    private readonly cursor: Cursor,
  ) {
    this.hasher = new RecordHasher(cloudId);
  }

  /**
   * The lines for the records of a part. All records of one millisecond must come in one part.
   * @param isQuiet they are taken for emitted and not written
   */
  emit(records: Records, emittedAtMs: number, isQuiet: boolean): RecordLines {
    const bytes = records.reduce((sum, {page, order}) => sum + sizeOf(page, order.length), 0);
    const lines = new RecordLinesBuilder(this.streamName, emittedAtMs, bytes);
    for (const {page, order} of records) {
      for (const i of order) {
        const timeMs = page.times[i]!;
        const start = page.starts[i]!;
        const end = page.ends[i]!;
        const hash = this.hasher.hashOf(page.bytes, start, end);
        const ordinal = this.countTwin(timeMs, hash);
        if (this.cursor.meet(timeMs, hash, ordinal) && !isQuiet) {
          lines.add(page.bytes, start, end, timeMs, formatId(hash, ordinal), this.cloudId);
        }
      }
    }
    return lines.build();
  }

  /** 1 for the first record with this hash in its millisecond, 2 for its twin, … */
  private countTwin(timeMs: number, hash: string): number {
    if (timeMs !== this.twinsMs) {
      this.twinsMs = timeMs;
      this.twins.clear();
    }
    const ordinal = (this.twins.get(hash) ?? 0) + 1;
    this.twins.set(hash, ordinal);
    return ordinal;
  }
}

function sizeOf({bytes, count}: {bytes: Buffer; count: number}, wanted: number): number {
  return count === 0 ? 0 : Math.ceil((bytes.length / count + EXTRA_BYTES) * wanted);
}
