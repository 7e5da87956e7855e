import type {AuditRecord} from '../confluence/page';
import {areSame, oldestFirst, recordsIn, unite} from './record-lists';
import {holds, lengthOf, overlapOf, type Window} from './windows';

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

/** A window of which everything is known, and its records, oldest first. */
export interface Part {
  readonly window: Window;
  readonly records: readonly AuditRecord[];
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
 * @param shown oldest first
 */
export function withShown(
  reading: Reading,
  shown: readonly AuditRecord[],
  settled: Window,
): Reading | undefined {
  const within = recordsIn(shown, reading.span);
  const lacking = [...new Set(within.map(({timeMs}) => timeMs))].flatMap((timeMs) => {
    const at = {fromMs: timeMs, toMs: timeMs};
    const there = recordsIn(reading.records, at);
    const also = recordsIn(within, at);
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

/** Two readings as one; undefined if they differ where nothing may surface any more. */
export function join(one: Reading, other: Reading, settled: Window): Reading | undefined {
  const a = withShown(one, other.edges, settled);
  const b = withShown(other, one.edges, settled);
  if (!a || !b) {
    return undefined;
  }
  const overlap = overlapOf(a.span, b.span);
  const [inA, inB] = [recordsIn(a.records, overlap), recordsIn(b.records, overlap)];
  if (!areSame(recordsIn(inA, settled), recordsIn(inB, settled))) {
    return undefined;
  }
  const [first, second] = a.span.fromMs <= b.span.fromMs ? [a, b] : [b, a];
  const span = {fromMs: first.span.fromMs, toMs: Math.max(a.span.toMs, b.span.toMs)};
  const after = {fromMs: overlap.toMs + 1, toMs: Infinity};
  return {
    span,
    records: recordsIn(first.records, {fromMs: -Infinity, toMs: overlap.fromMs - 1}).concat(
      unite(inA, inB),
      recordsIn(first.records, after),
      recordsIn(second.records, after),
    ),
    edges: unite(a.edges, b.edges).filter(({timeMs}) => !holds(span, timeMs)),
    agreedToMs: Math.max(a.agreedToMs, b.agreedToMs, Math.min(a.span.toMs, b.span.toMs)),
  };
}
