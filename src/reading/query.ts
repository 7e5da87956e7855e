import type {AuditRecord} from '../confluence/page';
import type {Ends} from './reading';
import type {Window} from './windows';

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
  /** After so many pages of what is wanted it is left for now. */
  readonly mostPages: number;
}

/** Records that were shown together, as the server orders them. */
export interface Shown {
  readonly records: readonly AuditRecord[];
  /** Where their page started by offset; undefined if this query did not show them. */
  readonly start: number | undefined;
  readonly ends: Ends;
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

/** The end of the log at which answers begin or end that have no bound there. */
export function endAt(ms: number): Ends {
  return {isOldest: ms === -Infinity, isNewest: ms === Infinity};
}
