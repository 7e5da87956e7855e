import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {holds, type Window} from './windows';

/** What is asked for, page by page. */
export interface Query {
  /** The bounds that are sent. */
  readonly span: Window;
  /** What is wanted of it. */
  readonly window: Window;
  readonly start: number;
  readonly limit: number;
  /** A record is known here, so it has to be shown first. */
  readonly anchorMs: number | undefined;
  /** So many records happened then, if it starts amid them; else infinite. */
  readonly atAnchor: number;
  /** So many records are known to have happened then, right before what is wanted. */
  readonly before: {readonly timeMs: number | undefined; readonly count: number};
  /** After so many pages of what is wanted it is left for now. */
  readonly mostPages: number;
}

/** Records that were shown together, as the server orders them. */
export interface Shown {
  readonly records: readonly AuditRecord[];
  /** Where their page started by offset; undefined if this query did not show them. */
  readonly start: number | undefined;
  /** It is the newest record of the log that they begin with. */
  readonly isNewest: boolean;
  /** Whether their page has a `next`. */
  readonly hasNext: boolean;
  /** The place after the last of them. */
  readonly place: number;
  readonly limit: number;
}

/**
 * How following a query ended: all of it was shown; more is there than expected; answers do not go the
 * way they were taken to go, or bounds have to be asked wider; or pages do not get past a millisecond.
 */
export type PagesEnd = 'all' | 'dense' | 'astray' | {readonly crowdedMs: number};

/** What the page at `start` shows. @param limit what was asked for */
export function shownBy(
  {page: {records, hasNext}}: AuditAnswer,
  start: number,
  limit: number,
  isNewest: boolean,
): Shown {
  return {records, isNewest, start, hasNext, place: start + records.length, limit};
}

/** Records that are known and that no page of this query has shown. */
export function knownBefore(records: readonly AuditRecord[]): Shown {
  return {records, isNewest: false, start: undefined, hasNext: false, place: 0, limit: 0};
}

/** How many records of a page are wanted and come after the one that was shown last. */
export function countNew(
  {window}: Query,
  records: readonly AuditRecord[],
  last: AuditRecord | undefined,
): number {
  const isNew = ({timeMs}: AuditRecord): boolean =>
    holds(window, timeMs) && (!last || timeMs < last.timeMs);
  return records.filter(isNew).length;
}
