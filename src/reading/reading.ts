import type {AuditRecord} from '../confluence/page';
import {holds, lengthOf, type Window} from './windows';

/**
 * What is known of a stretch of time. This file and `coverage` are the rules of what is believed; the
 * ones that ask may ask as they like:
 *
 * - An answer MUST be believed for what it shows and for nothing that it says. One that goes by time
 *   shows all that happened strictly between its first record and its last: at either of these two
 *   milliseconds it may have been cut, and before the one and after the other it says nothing.
 * - One that does not go by time shows nothing for sure, unless it is whole.
 * - Where two readings overlap they MUST show the same records.
 * - Nothing is handed on before the reading that comes after it was held against it.
 */
export interface Reading {
  /** Every record of this stretch is known; an end that is infinite is that of the log. */
  readonly span: Window;
  /** Oldest first; within a millisecond in any order. */
  readonly records: readonly AuditRecord[];
  /** Records right before and after it, of milliseconds that may hold others. */
  readonly edges: readonly AuditRecord[];
  /** Up to here another reading, which goes on from there, was held against it; epoch ms. */
  readonly agreedToMs: number;
}

/** Ends of the log that an answer is known to begin or end with. */
export interface Ends {
  readonly isOldest?: boolean | undefined;
  readonly isNewest?: boolean | undefined;
}

/** What records prove that one answer, or several that follow each other, showed in order of time. */
export function provenBy(
  records: readonly AuditRecord[],
  {isOldest = false, isNewest = false}: Ends = {},
): Reading {
  const inOrder = oldestFirst(records);
  const fromMs = isOldest ? -Infinity : (inOrder[0]?.timeMs ?? Infinity) + 1;
  const toMs = isNewest ? Infinity : (inOrder.at(-1)?.timeMs ?? -Infinity) - 1;
  const edges = inOrder.filter(({timeMs}) => timeMs < fromMs || timeMs > toMs);
  return {...readingOf({fromMs, toMs}, inOrder), edges};
}

/** All records of a stretch, and perhaps others. */
export function readingOf(span: Window, records: readonly AuditRecord[]): Reading {
  return {span, records: recordsIn(oldestFirst(records), span), edges: [], agreedToMs: -Infinity};
}

/**
 * A reading with what others showed within its span; undefined if it lacks some of that where nothing
 * may surface any more.
 */
export function withShown(
  reading: Reading,
  shown: readonly AuditRecord[],
  settled: Window,
): Reading | undefined {
  const times = new Set(shown.map(({timeMs}) => timeMs).filter((ms) => holds(reading.span, ms)));
  const lacking = [...times].flatMap((timeMs) => {
    const there = recordsIn(reading.records, {fromMs: timeMs, toMs: timeMs});
    const also = shown.filter((each) => each.timeMs === timeMs);
    return unite(there, also).length > there.length ? also : [];
  });
  if (lacking.some(({timeMs}) => holds(settled, timeMs))) {
    return undefined;
  }
  return lacking.length > 0 ? {...reading, records: unite(reading.records, lacking)} : reading;
}

/** Whether a reading says nothing. */
export function isNothing({span}: Reading): boolean {
  return !(lengthOf(span) > 0);
}

/** The records of a sorted list that lie in a window. */
export function recordsIn(
  records: readonly AuditRecord[],
  {fromMs, toMs}: Window,
): readonly AuditRecord[] {
  return records.slice(countBefore(records, fromMs), countBefore(records, toMs + 1));
}

/** All records that either list has; of twins as many as the list has that has more. Oldest first. */
export function unite(
  a: readonly AuditRecord[],
  b: readonly AuditRecord[],
): readonly AuditRecord[] {
  const left = countEach(a);
  const missing = b.filter((record) => {
    const count = left.get(keyOf(record)) ?? 0;
    left.set(keyOf(record), count - 1);
    return count <= 0;
  });
  return missing.length === 0 ? a : oldestFirst([...a, ...missing]);
}

/** Whether both lists have the same records, in whatever order. */
export function areSame(a: readonly AuditRecord[], b: readonly AuditRecord[]): boolean {
  const [keysOfA, keysOfB] = [a, b].map((each) => each.map(keyOf).sort());
  return a.length === b.length && keysOfA!.every((key, i) => key === keysOfB![i]);
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
