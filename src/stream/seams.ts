import type {AuditRecord} from '../confluence/page';
import {overlapOf, type Window} from './windows';

/**
 * When an answer is believed. Nothing that an answer says of itself is proof, only what two answers
 * show. This is the contract of the files that ask for records:
 *
 * - Each window MUST be asked for with a margin on both sides, so that its reading shows some records
 *   of its neighbours.
 * - A window MUST NOT be handed on before both its seams agree: where two readings overlap they MUST
 *   show the same records, and at least one.
 * - Where a seam is silent or differs, a referee is asked: a reading of the stretch from records that
 *   are known before the seam to records that are known after it. It MUST show both.
 * - Readings of several pages MUST be made of pages that follow: each begins with records that the
 *   ones before showed, and goes on with others only. Then there are as many records as places.
 */

/** How many records of its neighbours a reading should show, and known records a referee has to. */
export const SEAM_RECORDS = 8;

/** All records of a stretch of time, as answers showed them. */
export interface Reading {
  readonly span: Window;
  /** Oldest first; within a millisecond in any order. */
  readonly records: readonly AuditRecord[];
  /** How many records answers showed for it, also outside of its span. */
  readonly total: number;
  /** It shows what lies before its span, or that nothing does. */
  readonly isOldest: boolean;
}

/** What two readings show where they overlap: the same, nothing both, or not the same. */
export type Verdict = 'agree' | 'silent' | 'differ';

/** Holds two readings against each other where they overlap, or in the part `within` of that. */
export function compare(a: Reading, b: Reading, within: Window = a.span): Verdict {
  const overlap = overlapOf(overlapOf(a.span, b.span), within);
  const ofA = keysOf(recordsIn(a.records, overlap));
  const ofB = keysOf(recordsIn(b.records, overlap));
  if (ofA.length !== ofB.length || ofA.some((key, i) => key !== ofB[i])) {
    return 'differ';
  }
  return ofA.length === 0 ? 'silent' : 'agree';
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

/**
 * The records that a page adds to the ones before it, `known` by their keys; undefined if it does not
 * follow them, which is to begin with `overlap` of them and go on with others. A log that changed
 * meanwhile, ties that come in another order, rows that are left out after paging, and an offset that
 * is ignored all show in that.
 */
export function following(
  known: ReadonlySet<string>,
  overlap: number,
  shown: readonly AuditRecord[],
): readonly AuditRecord[] | undefined {
  const isKnown = shown.map((record) => known.has(keyOf(record)));
  const follows = shown.length >= overlap && isKnown.every((each, i) => each === i < overlap);
  return follows ? shown.slice(overlap) : undefined;
}

/** Sorts by time. */
export function oldestFirst(records: AuditRecord[]): readonly AuditRecord[] {
  const isSorted = (step: number): boolean =>
    records.every(({timeMs}, i) => i === 0 || (timeMs - records[i - 1]!.timeMs) * step >= 0);
  if (isSorted(-1)) {
    return records.toReversed();
  }
  return isSorted(1) ? records : records.sort((a, b) => a.timeMs - b.timeMs);
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

function keysOf(records: readonly AuditRecord[]): string[] {
  return records.map(keyOf).sort();
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
