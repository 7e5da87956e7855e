import {type RecordLines, RecordLinesBuilder} from '../airbyte/record-lines';
import {formatId} from '../confluence/record-id';
import type {Cursor} from './cursor';
import {type Part} from '../reading/reading';
import {keyOf} from '../reading/record-lists';

/** Makes RECORD lines of records: gives them their ids, and leaves out what was emitted before. */
export class Emitter {
  /** How many characters of the records in these lines were replaced that no destination can hold. */
  replaced = 0;

  constructor(
    private readonly streamName: string,
    private readonly cloudId: string,
    private readonly cursor: Cursor,
  ) {}

  /** The lines for the records of a part that are new, some at a time. All records of a millisecond MUST be in it. */
  *linesOf({records}: Part, emittedAtMs: number): Generator<RecordLines> {
    const {streamName, cloudId, cursor} = this;
    let lines = new RecordLinesBuilder(streamName, cloudId, emittedAtMs);
    const twins = new Map<string, number>();
    let latestMs = NaN;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      const {timeMs, hash, json, replaced} = record;
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
      if (cursor.meet(record, ordinal)) {
        lines.add(json, timeMs, formatId(hash, ordinal));
        this.replaced += replaced;
      }
      if (lines.isFull) {
        yield lines.build();
        lines = new RecordLinesBuilder(streamName, cloudId, emittedAtMs);
      }
    }
    if (lines.count > 0) {
      yield lines.build();
    }
  }
}
