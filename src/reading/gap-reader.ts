import type {AuditAnswer} from '../confluence/audit-api';
import {contradiction} from './contradiction';
import {BoundsTrial} from './bounds-trial';
import type {Coverage} from './coverage';
import {type Placed, readByPlace} from './by-place';
import {cutsAround, timesByPlace} from './cuts';
import type {LogServer} from './log-server';
import type {Order, Seen} from './order';
import type {PlacedSpan} from './place-reading';
import {MOST_PAGES} from './plan';
import {readingOf} from './reading';
import {Walk} from './walk';
import type {Window} from './windows';

/** A page of fewer has nothing between its first record and its last. */
const LEAST_RECORDS_IN_ORDER = 3;
/** So many pages of a window are read by place; of more records in one millisecond all. */
const MOST_PAGES_BY_PLACE = 40;
/** Of what is denser than thought pieces are counted out to be read at once, which lie in memory together. */
const MOST_BYTES_AT_ONCE = 8_000_000;

/** What came of asking for a gap. */
export interface Outcome {
  /** What was shown of it, at least. */
  readonly seen: Seen;
  /** There is more in it than can be read at once. */
  readonly isDense: boolean;
  /** Where it may be cut, if that was found out. */
  readonly cuts: readonly number[];
}

/** Asks for what is in a gap, and brings what answers prove into the coverage. What then is still open is a gap as before. */
export class GapReader {
  private readonly boundsTrial: BoundsTrial;

  constructor(
    private readonly server: LogServer,
    private readonly coverage: Coverage,
  ) {
    this.boundsTrial = new BoundsTrial(server);
  }

  /**
   * @param first the answer to the whole gap that is there already
   * @throws Failure if requests fail, or what is crowded cannot be read
   */
  async read(order: Order, first?: AuditAnswer): Promise<Outcome> {
    const {server, coverage} = this;
    if (
      !server.hasOffsets ||
      !server.hasOrder ||
      server.rows.recordsPerPage < LEAST_RECORDS_IN_ORDER ||
      server.rows.hasHiddenRows ||
      server.isAtALoss
    ) {
      return this.readPlaces(order.window);
    }
    const walk = new Walk(server, coverage, order, first);
    const end = await walk.run();
    walk.shown.forEach((records) => coverage.note(records));
    const {window} = order;
    if (end === window) {
      return this.readPlaces(window);
    }
    if (typeof end === 'object') {
      const isNow = server.isLeast(window) || (await this.fitsBeside(end));
      const {isDense} = isNow ? await this.readPlaces(end) : {isDense: true};
      // Else it comes when what is before it was handed on: many crowds would not fit into memory.
      const cuts = isNow ? [] : [end.fromMs, end.toMs + 1].filter((each) => each > window.fromMs);
      return {seen: walk.seen, isDense, cuts};
    }
    const isDense = end === 'dense';
    const isWorthIt = isDense && !order.isBlind && server.canFollow;
    return {
      seen: walk.seen,
      isDense,
      cuts: isWorthIt ? await timesByPlace(server, walk.pages.query, this.recordsAtOnce) : [],
    };
  }

  /** Whether little lies ready, and a crowd is small enough to lie there until what is before it has come. */
  private async fitsBeside(crowd: Window): Promise<boolean> {
    const {server, coverage} = this;
    const {recordsPerPage} = server.rows;
    if (coverage.count > recordsPerPage) {
      return false;
    }
    const span = server.bounds.closed(crowd);
    return (await server.ask(span, MOST_PAGES * recordsPerPage, 1)).page.records.length === 0;
  }

  /** How many records are read at once. */
  private get recordsAtOnce(): number {
    const {recordsPerPage, bytesPerRecord} = this.server.rows;
    const overlap = this.server.rows.overlapOf(recordsPerPage);
    const pages = Math.floor(MOST_BYTES_AT_ONCE / (bytesPerRecord * recordsPerPage));
    const most = Math.max(1, Math.min(MOST_PAGES, pages));
    return Math.max(1, most * (recordsPerPage - overlap) - 2 * overlap);
  }

  /** Where answers cannot be followed by what they show. */
  private async readPlaces(gap: Window): Promise<Outcome> {
    await this.boundsTrial.run();
    const {server, coverage} = this;
    const {unsettledFromMs} = coverage;
    const lastMs = Math.max(server.endMs, server.latestMs);
    // Where nothing surfaces any more places stay as they are; and what is yet to come has none.
    const ends = [unsettledFromMs - 1, lastMs].filter((each) => each > gap.fromMs);
    const window = {...gap, toMs: Math.min(gap.toMs, ...ends)};
    const isToNow = window.toMs >= lastMs;
    const isLeast = server.isLeast(window);
    const span = server.bounds.closed(window);
    const mostPages = isLeast ? Infinity : this.mostPagesByPlace;
    const {records, isAll} = await this.placedIn({window, span, unsettledFromMs, mostPages});
    if (isAll) {
      coverage.add(readingOf(isToNow ? gap : window, records));
      return {seen: {window, count: records.length}, isDense: false, cuts: []};
    }
    if (isLeast) {
      throw contradiction(window.fromMs, 'more than one answer can hold, and offsets are ignored');
    }
    coverage.note(records);
    const cuts = this.hasPlaces
      ? await timesByPlace(server, {span, window}, Math.ceil(mostPages / 2) * server.rows.leastPage)
      : cutsAround(records, window);
    return {seen: {window, count: records.length}, isDense: true, cuts};
  }

  /** Whether a window is read by place from the start: else one answer, if it holds all, may do. */
  private get hasPlaces(): boolean {
    const {hasOffsets, hasOrder, rows} = this.server;
    return hasOffsets && (hasOrder || rows.hasHiddenRows);
  }

  /** One answer that does not go by time proves what lies between its bounds if it was not cut. */
  private async placedIn(of: PlacedSpan): Promise<Placed> {
    const {server} = this;
    if (!this.hasPlaces) {
      const answer = await server.ask(of.span);
      // Where offsets are ignored what stands behind it cannot be seen.
      const isCut =
        server.mayBeCut(answer) &&
        (!server.hasOffsets || (await server.goesOn(answer, of.span, 0)));
      if (!isCut || of.mostPages < Infinity) {
        return {records: answer.page.records, isAll: !isCut};
      }
    }
    return readByPlace(server, of);
  }

  private get mostPagesByPlace(): number {
    const {bytesPerRecord, leastPage} = this.server.rows;
    const pages = Math.ceil(MOST_BYTES_AT_ONCE / (bytesPerRecord * leastPage));
    return Math.max(MOST_PAGES, Math.min(MOST_PAGES_BY_PLACE, pages));
  }
}
