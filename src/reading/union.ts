import type {AuditRecord} from '../confluence/page';
import {countEach, keyOf, oldestFirst, recordsIn} from './record-lists';
import type {Window} from './windows';

/** What pages have shown together; of twins as many as one page has. */
export class Union {
  private readonly counts = new Map<string, {record: AuditRecord; count: number}>();

  add(page: readonly AuditRecord[]): void {
    const counts = countEach(page);
    for (const record of page) {
      const key = keyOf(record);
      const known = this.counts.get(key);
      const count = Math.max(known?.count ?? 0, counts.get(key)!);
      // The pages of later readings are soon forgotten.
      this.counts.set(key, {record: known?.record ?? record, count});
    }
  }

  /** Oldest first. */
  get records(): readonly AuditRecord[] {
    const all = [...this.counts.values()].flatMap(({record, count}) =>
      Array<AuditRecord>(count).fill(record),
    );
    return oldestFirst(all);
  }

  countIn(window: Window): number {
    return recordsIn(this.records, window).length;
  }
}
