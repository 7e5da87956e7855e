import type {AuditRecord} from '../confluence/page';
import type {Window} from './windows';

/** The records of a sorted list that lie in a window. */
export function recordsIn(
  records: readonly AuditRecord[],
  {fromMs, toMs}: Window,
): readonly AuditRecord[] {
  return records.slice(countBefore(records, fromMs), countBefore(records, toMs + 1));
}

/** All records that either list has, both oldest first; of twins as many as the list has that has more. */
export function unite(
  a: readonly AuditRecord[],
  b: readonly AuditRecord[],
): readonly AuditRecord[] {
  const span = {fromMs: b[0]?.timeMs ?? 0, toMs: b.at(-1)?.timeMs ?? 0};
  const left = countEach(recordsIn(a, span));
  const missing = b.filter((record) => {
    const count = left.get(keyOf(record)) ?? 0;
    left.set(keyOf(record), count - 1);
    return count <= 0;
  });
  return missing.length === 0 ? a : oldestFirst(a.concat(missing));
}

/** Whether both lists have the same records, in whatever order. */
export function areSame(a: readonly AuditRecord[], b: readonly AuditRecord[]): boolean {
  if (a.length !== b.length) {
    return false;
  }
  if (a.every(({timeMs, hash}, i) => timeMs === b[i]!.timeMs && hash === b[i]!.hash)) {
    return true;
  }
  const [keysOfA, keysOfB] = [a, b].map((each) => each.map(keyOf).sort());
  return keysOfA!.every((key, i) => key === keysOfB![i]);
}

/** Sorted by time; the same list if it is already. */
export function oldestFirst(records: readonly AuditRecord[]): readonly AuditRecord[] {
  const goes = (step: number): boolean =>
    records.every(({timeMs}, i) => i === 0 || (timeMs - records[i - 1]!.timeMs) * step >= 0);
  if (goes(1)) {
    return records;
  }
  return goes(-1) ? records.toReversed() : records.toSorted((a, b) => a.timeMs - b.timeMs);
}

/** By which two answers' records are the same. */
export function keyOf({timeMs, hash}: AuditRecord): string {
  return `${timeMs}:${hash}`;
}

/** How often each record is there. */
export function countEach(records: readonly AuditRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) {
    counts.set(keyOf(record), (counts.get(keyOf(record)) ?? 0) + 1);
  }
  return counts;
}

/** How many records of a sorted list lie before `timeMs`. */
function countBefore(records: readonly AuditRecord[], timeMs: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (records[middle]!.timeMs < timeMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
