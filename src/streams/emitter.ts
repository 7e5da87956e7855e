import {RecordLinesBuilder, type RecordLines} from '../airbyte/record-lines';
import {BufferPool} from '../buffer-pool';
import type {Records} from '../confluence/page-records';
import {formatId} from '../confluence/record-id';
import type {Cursor} from '../cursor';

/** Room for the envelope and our own fields in a first guess of how long the lines will be. */
const EXTRA_BYTES = 260;

/** Turns records into RECORD messages: gives them their ids and leaves out what was emitted before. */
export class Emitter {
  private readonly pool = new BufferPool();
  private latestMs = NaN;
  private latestHash = '';
  /** How often each hash was met in the latest millisecond: the second of the same is a twin. */
  private readonly twins = new Map<string, number>();

  constructor(
    private readonly streamName: string,
    private readonly cloudId: string,
    private readonly cursor: Cursor,
  ) {}

  /**
   * The lines for the records of a part, whose pages are done with after that. All records of one
   * millisecond must come in one part.
   * @param isQuiet they are taken for emitted and not written
   */
  emit(records: Records, emittedAtMs: number, isQuiet: boolean): RecordLines {
    const bytes = records.reduce((sum, {page, order}) => sum + sizeOf(page, order.length), 0);
    const lines = new RecordLinesBuilder(this.streamName, emittedAtMs, bytes, this.pool);
    for (const {page, order} of records) {
      for (const i of order) {
        const timeMs = page.times[i]!;
        const start = page.starts[i]!;
        const end = page.ends[i]!;
        const hash = page.hashes[i]!;
        const ordinal = this.countTwin(timeMs, hash);
        if (this.cursor.meet(timeMs, hash, ordinal) && !isQuiet) {
          lines.add(page.bytes, start, end, timeMs, formatId(hash, ordinal), this.cloudId);
        }
      }
      page.release();
    }
    return lines.build();
  }

  /** 1 for the first record with this hash in its millisecond, 2 for its twin, … */
  private countTwin(timeMs: number, hash: string): number {
    if (timeMs !== this.latestMs) {
      this.latestMs = timeMs;
      this.latestHash = hash;
      this.twins.clear();
      return 1;
    }
    // Most milliseconds hold one record, so counting begins with the second.
    const {twins} = this;
    if (twins.size === 0) {
      twins.set(this.latestHash, 1);
    }
    const ordinal = (twins.get(hash) ?? 0) + 1;
    twins.set(hash, ordinal);
    return ordinal;
  }
}

function sizeOf({bytes, count}: {bytes: Buffer; count: number}, wanted: number): number {
  return count === 0 ? 0 : Math.ceil((bytes.length / count + EXTRA_BYTES) * wanted);
}
