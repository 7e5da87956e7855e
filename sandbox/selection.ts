import type {AuditRecord} from './audit-record';
import type {RecordArena} from './record-arena';
import {firstIndexWhere} from './search-sorted';

/** A record outside the arena: its serialised form ends in a comma; times are epoch ms. */
export interface LateRecord {
  time: number;
  entry: Buffer;
  visibleAt: number;
}

export interface ServingOrder {
  order: 'newest first' | 'oldest first';
  /** Among records of one millisecond: in line with `order` (stable), or the other way round. */
  tieOrder: 'stable' | 'reversed';
}

/**
 * The records that one request finds, merged from the arena's run [first, end) and the late records
 * (oldest first). A position counts from the oldest; of one millisecond the arena's come first.
 */
export class Selection {
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
  page(start: number, count: number, {order, tieOrder}: ServingOrder): Buffer[] {
    const stop = Math.min(this.total, start + count);
    if (start >= stop) return [];
    if (order === 'newest first' && tieOrder === 'stable') {
      return this.newestFirst(this.total - stop, this.total - start);
    }
    const entries: Buffer[] = [];
    for (let rank = start; rank < stop; rank++) {
      const position = order === 'newest first' ? this.total - 1 - rank : rank;
      entries.push(this.entry(tieOrder === 'stable' ? position : this.mirrorInTie(position)));
    }
    return entries;
  }

  /** The records, oldest first, parsed one by one. */
  *records(): Generator<AuditRecord> {
    for (let position = 0; position < this.total; position++) {
      const json = this.entry(position).toString();
      yield JSON.parse(json.slice(0, -1)) as AuditRecord;
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
    const lateBefore = this.lateBefore(position);
    const late = this.late[lateBefore];
    if (late && this.latePositions[lateBefore] === position) return late.entry;
    return this.arena.entry(this.first + position - lateBefore);
  }

  private time(position: number): number {
    const lateBefore = this.lateBefore(position);
    const late = this.late[lateBefore];
    if (late && this.latePositions[lateBefore] === position) return late.time;
    return this.arena.time(this.first + position - lateBefore);
  }

  private lateBefore(position: number): number {
    return firstIndexWhere(this.late.length, (n) => (this.latePositions[n] ?? 0) >= position);
  }

  private mirrorInTie(position: number): number {
    const time = this.time(position);
    const tieStart = firstIndexWhere(this.total, (other) => this.time(other) >= time);
    const tieEnd = firstIndexWhere(this.total, (other) => this.time(other) > time);
    return tieStart + tieEnd - 1 - position;
  }

  private clip(index: number, end: number): number {
    return Math.min(end, Math.max(this.first, index)) - this.first;
  }
}
