import type {AuditRecord} from './audit-record';
import {RecordArena} from './record-arena';
import {firstIndexWhere} from './search-sorted';
import {type LateRecord, Selection} from './selection';
import {type Spelling, spellRecord} from './spelling';

/** Which records a reader asks for: creationDate in [from, to], both inclusive, epoch ms. */
export interface TimeRange {
  from: number;
  to: number;
}

/**
 * An audit log that stands still in bulk and moves at its edges: the records it was made from lie
 * serialised in an arena, what is added later in a small sorted list beside it. Records of one
 * millisecond keep the order in which they came.
 */
export class AuditLog {
  private readonly added: LateRecord[] = [];

  private constructor(
    private readonly arena: RecordArena,
    readonly spelling: Spelling,
  ) {}

  /** A log of these records, in whatever order they come; all of them are visible at once. */
  static from(records: Iterable<AuditRecord>, spelling: Spelling = 'usual'): AuditLog {
    const arrived = new RecordArena();
    let sorted = true;
    let last = Number.NEGATIVE_INFINITY;
    for (const record of records) {
      sorted &&= record.creationDate >= last;
      last = record.creationDate;
      arrived.append(spellRecord(record, spelling), last);
    }
    return new AuditLog(sorted ? arrived : sortByTime(arrived), spelling);
  }

  /** How many records there are, visible or not yet. */
  get size(): number {
    return this.arena.size + this.added.length;
  }

  /**
   * Adds a live, late or back-dated event. Readers see it once the server's clock (epoch ms) has
   * reached `visibleAt`; by default at once.
   */
  add(record: AuditRecord, visibleAt: number = Number.NEGATIVE_INFINITY): void {
    const time = record.creationDate;
    const entry = Buffer.from(`${spellRecord(record, this.spelling)},`);
    const place = firstIndexWhere(this.added.length, (n) => (this.added[n]?.time ?? 0) > time);
    this.added.splice(place, 0, {time, entry, visibleAt});
  }

  /** What a reader sees at the server time `now` (epoch ms) of the records in this range. */
  select(range: TimeRange, now: number = Number.POSITIVE_INFINITY): Selection {
    const first = this.arena.countBefore(range.from);
    const end = Math.max(first, this.arena.countBefore(range.to + 1));
    const late = this.added.filter(
      ({time, visibleAt}) => time >= range.from && time <= range.to && visibleAt <= now,
    );
    return new Selection(this.arena, first, end, late);
  }

  /** All records, oldest first, parsed anew one by one: what a test or a report compares with. */
  *[Symbol.iterator](): Generator<AuditRecord> {
    const all = this.select({from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY});
    yield* all.records();
  }

  /** The JSON of all records, oldest first, as a page has it. */
  texts(): string[] {
    const all = this.select({from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY});
    return [...all.texts()];
  }

  /** All records, oldest first; takes about 2 kB of memory each, so not for millions. */
  records(): AuditRecord[] {
    return [...this];
  }
}

function sortByTime(arrived: RecordArena): RecordArena {
  const order = Uint32Array.from({length: arrived.size}, (_, index) => index);
  order.sort((a, b) => arrived.time(a) - arrived.time(b) || a - b);
  const sorted = new RecordArena();
  for (const index of order) sorted.append(arrived.entry(index), arrived.time(index));
  return sorted;
}
