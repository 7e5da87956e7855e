import type {Part, Reading, Window} from '../windows';
import type {AuditAnswer, AuditApi, AuditQuery} from './audit-api';
import type {AuditPage} from './audit-page';
import {readMillisecond} from './crowded-millisecond';
import {countRecords, orderOf, type Records, selectRecords} from './page-records';

/** The API's own maximum and default (developer.atlassian.com/cloud/confluence/rest/v1/api-group-audit). */
const PAGE_LIMIT = 1000;
const LEAST_RECORDS_PER_WINDOW = 1000;

/** Numbers about all the answers so far. */
export interface ReadCounts {
  requests: number;
  rows: number;
}

/**
 * Reads windows of one tenant's log. An answer is one moment of the log, so a window that one
 * answer holds is exact; of a window that needs more, the answer's full end is taken and the rest
 * is asked for by time. Offsets, which shift while the log grows, only serve where one millisecond
 * holds more than an answer. Nothing rests on whether bounds are inclusive: one millisecond more is
 * asked for on both sides, and what lies outside is left out here.
 */
export class WindowReader {
  readonly counts: ReadCounts = {requests: 0, rows: 0};
  private pageSize = PAGE_LIMIT;
  private hasSeenNext = false;

  constructor(private readonly api: AuditApi) {}

  /** How many records an answer holds. A window should be cut for some, even where the server grants pages of a few. */
  get recordsPerAnswer(): number {
    return Math.max(this.pageSize, LEAST_RECORDS_PER_WINDOW);
  }

  /** The page with which the log answers for all from `fromMs` on, and the server's clock. */
  askFrom(fromMs: number): Promise<AuditAnswer> {
    return this.getPage({startDate: lowerBound(fromMs), limit: PAGE_LIMIT});
  }

  /** The server's clock and next to nothing of the log. */
  askClock(): Promise<AuditAnswer> {
    return this.getPage({limit: 1});
  }

  /** What the page of `askFrom` tells about a window; it may begin behind the window's end. */
  async interpretNewest(window: Window, page: AuditPage): Promise<Reading<Records>> {
    const isBehind =
      page.count > 0 && selectRecords(page, {...window, fromMs: 0}).order.length === 0;
    return isBehind && !this.isLast(page)
      ? {complete: [], open: [window], kind: 'whole'}
      : this.interpret(window, page);
  }

  /** What the log holds of a window, as far as one answer tells. */
  async read(window: Window): Promise<Reading<Records>> {
    const {page} = await this.getPage({...bounds(window), limit: PAGE_LIMIT});
    return this.interpret(window, page);
  }

  /** What an answer tells about a window that it was asked for, or that lies within what it was asked for. */
  async interpret(window: Window, page: AuditPage): Promise<Reading<Records>> {
    let shown = page;
    for (let start = page.count; !this.isLast(shown); start += shown.count) {
      const {times, count} = shown;
      const first = times[0]!;
      const last = times[count - 1]!;
      const order = orderOf(shown);
      if (order === 'newest first' && last < window.toMs) {
        return last < window.fromMs
          ? whole(window, shown)
          : cut(window, shown, {fromMs: last + 1, toMs: window.toMs});
      }
      if (order === 'oldest first' && last > window.fromMs) {
        return last > window.toMs
          ? whole(window, shown)
          : cut(window, shown, {fromMs: window.fromMs, toMs: last - 1});
      }
      if (order === 'none' && window.fromMs < window.toMs) {
        return halve(window);
      }
      const crowded = [first, last].find((time) => time >= window.fromMs && time <= window.toMs);
      if (crowded !== undefined || order === 'none') {
        return this.readCrowded(window, crowded ?? window.fromMs);
      }
      // Only neighbours of the window so far, which its bounds let in: it comes behind them.
      shown = (await this.getPage({...bounds(window), start, limit: PAGE_LIMIT})).page;
    }
    return whole(window, shown);
  }

  /** One request, counted. */
  private async getPage(query: AuditQuery): Promise<AuditAnswer> {
    const answer = await this.api.getPage(query);
    const {count, hasNext} = answer.page;
    this.counts.requests++;
    this.counts.rows += count;
    this.hasSeenNext ||= hasNext;
    if (!this.isLast(answer.page) && query.limit === PAGE_LIMIT) {
      this.pageSize = count;
    }
    return answer;
  }

  /**
   * Whether nothing comes after this page. `size` is not asked: it has been seen as the page's and
   * as the whole result's. A server that has given `_links.next` before says by its absence that
   * this is the end; of another one a page has to be shorter than the `limit` that it names itself.
   */
  private isLast({count, hasNext, limit}: AuditPage): boolean {
    if (count === 0) {
      return true;
    }
    return !hasNext && (this.hasSeenNext || (limit !== undefined && count < limit));
  }

  private async readCrowded(window: Window, timeMs: number): Promise<Reading<Records>> {
    const instant = {fromMs: timeMs, toMs: timeMs};
    const records = await readMillisecond(timeMs, async (start) => {
      const {page} = await this.getPage({...bounds(instant), start, limit: PAGE_LIMIT});
      return {page, isLast: this.isLast(page)};
    });
    return {
      complete: [part(instant, records)],
      open: [
        {fromMs: window.fromMs, toMs: timeMs - 1},
        {fromMs: timeMs + 1, toMs: window.toMs},
      ].filter(({fromMs, toMs}) => fromMs <= toMs),
      kind: 'crowded',
    };
  }
}

function bounds({fromMs, toMs}: Window): {startDate: number; endDate: number} {
  return {startDate: lowerBound(fromMs), endDate: toMs + 1};
}

function lowerBound(fromMs: number): number {
  return Math.max(0, fromMs - 1);
}

function whole(window: Window, page: AuditPage): Reading<Records> {
  return {complete: [part(window, [selectRecords(page, window)])], open: [], kind: 'whole'};
}

function cut(window: Window, page: AuditPage, known: Window): Reading<Records> {
  const open =
    known.fromMs > window.fromMs
      ? {fromMs: window.fromMs, toMs: known.fromMs - 1}
      : {fromMs: known.toMs + 1, toMs: window.toMs};
  return {complete: [part(known, [selectRecords(page, known)])], open: [open], kind: 'cut'};
}

function halve({fromMs, toMs}: Window): Reading<Records> {
  const middle = Math.floor((fromMs + toMs) / 2);
  return {
    complete: [],
    open: [
      {fromMs, toMs: middle},
      {fromMs: middle + 1, toMs},
    ],
    kind: 'cut',
  };
}

function part(window: Window, content: Records): Part<Records> {
  return {window, content, count: countRecords(content)};
}
