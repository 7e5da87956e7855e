import type {AuditRecord} from './audit-record';
import type {RecordArena} from './record-arena';
import {firstIndexWhere} from './search-sorted';
import {type Ordered, positionsInOrder, scatter, type ServingOrder} from './serving-order';

/** A record outside the arena: its serialised form ends in a comma; times are epoch ms. */
export interface LateRecord {
  time: number;
  entry: Buffer;
  visibleAt: number;
}

/** An order, and the chance that breaks it. */
export type Serving = ServingOrder & {random: () => number};

/** The longest that the log takes to show a record that was not added with a moment of its own. */
const LONGEST_INGESTION_MS = 600_000;

/**
 * The records that one request finds, merged from the arena's run [first, end) and the late records
 * (oldest first). A position counts from the oldest; of one millisecond the arena's come first.
 */
export class Selection implements Ordered {
  readonly total: number;
  private readonly latePositions: number[];

  constructor(
    private readonly arena: RecordArena,
    private readonly first: number,
    end: number,
    private readonly late: LateRecord[],
  ) {
    this.total = end - first + late.length;
    this.latePositions = late.map(({time}, n) => n + this.clip(arena.countBefore(time + 1), end));
  }

  /** The page [start, start + count) in the order served: JSON texts, each followed by a comma. */
  page(start: number, count: number, {order, tieOrder, random}: Serving): Buffer[] {
    const stop = Math.min(this.total, start + count);
    if (start >= stop) return [];
    if (order === 'newest first' && tieOrder === 'stable') {
      return this.newestFirst(this.total - stop, this.total - start);
    }
    const positions = positionsInOrder(this, {order, tieOrder}, random);
    return positions.slice(start, stop).map((position) => this.entry(position));
  }

  /** The JSON of the records, oldest first. */
  *texts(): Generator<string> {
    for (let position = 0; position < this.total; position++) {
      yield this.entry(position).toString().slice(0, -1);
    }
  }

  /** The records, oldest first, parsed one by one. */
  *records(): Generator<AuditRecord> {
    for (const json of this.texts()) {
      yield JSON.parse(json) as AuditRecord;
    }
  }

  /** Positions [from, to), newest first: whole runs of the arena between the late records. */
  private newestFirst(from: number, to: number): Buffer[] {
    const pieces: Buffer[] = [];
    let end = to;
    let lateLeft = this.lateBefore(to);
    while (end > from) {
      const latest = lateLeft > 0 ? (this.latePositions[lateLeft - 1] ?? -1) : -1;
      if (latest === end - 1) {
        pieces.push(this.entry(latest));
        lateLeft -= 1;
        end -= 1;
      } else {
        const begin = Math.max(from, latest + 1);
        const shift = this.first - lateLeft;
        pieces.push(...this.arena.newestFirst(begin + shift, end + shift));
        end = begin;
      }
    }
    return pieces;
  }

  private entry(position: number): Buffer {
    const late = this.lateAt(position);
    return late ? late.entry : this.arena.entry(this.first + position - this.lateBefore(position));
  }

  /** Epoch ms. */
  time(position: number): number {
    const late = this.lateAt(position);
    return late ? late.time : this.arena.time(this.first + position - this.lateBefore(position));
  }

  /** Epoch ms at which the log showed the record: some minutes after the event, or as it was added. */
  arrival(position: number): number {
    const late = this.lateAt(position);
    if (late) return Math.max(late.time, late.visibleAt);
    const time = this.time(position);
    return time + scatter(time) * LONGEST_INGESTION_MS;
  }

  private lateAt(position: number): LateRecord | undefined {
    const number = this.lateBefore(position);
    return this.latePositions[number] === position ? this.late[number] : undefined;
  }

  private lateBefore(position: number): number {
    return firstIndexWhere(this.late.length, (n) => (this.latePositions[n] ?? 0) >= position);
  }

  private clip(index: number, end: number): number {
    return Math.min(end, Math.max(this.first, index)) - this.first;
  }
}
