import type {AuditAnswer} from '../confluence/audit-api';
import {contradiction} from './contradiction';
import {BoundsTrial} from './bounds-trial';
import type {Coverage} from './coverage';
import {readByPlace} from './by-place';
import {cutsAround} from './cuts';
import type {LogServer} from './log-server';
import type {Order, Seen} from './order';
import {MOST_PAGES} from './plan';
import {readingOf} from './reading';
import {timesByPlace} from './times-by-place';
import {Walk} from './walk';
import type {Window} from './windows';

/** A page of fewer has nothing between its first record and its last. */
const LEAST_RECORDS_IN_ORDER = 3;
/** So many pages of a window are read by place; of more records in one millisecond all. */
const MOST_PAGES_BY_PLACE = 40;
/** Of what is denser than thought pieces are counted out to be read at once, which lie in memory together. */
const MOST_BYTES_AT_ONCE = 8_000_000;

/** Clocks that agree differ by less. What happens between them, or later, is for the next sync, which begins before. */
const CLOCKS_DIFFER_MS = 2000;

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
    if (!server.hasOffsets || (!server.hasOrder && !server.rows.hasHiddenRows)) {
      return this.readWithoutOrder(order.window);
    }
    if (
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
    const {server} = this;
    const {unsettledFromMs} = this.coverage;
    // Where nothing surfaces any more places stay as they are; and what is yet to come has none.
    const ends = [unsettledFromMs - 1, server.endMs].filter((each) => each > gap.fromMs);
    const window = {...gap, toMs: Math.min(gap.toMs, ...ends)};
    const span = server.bounds.closed(window);
    const pages = MOST_BYTES_AT_ONCE / (server.rows.bytesPerRecord * server.rows.leastPage);
    const mostPages = Math.max(MOST_PAGES, Math.min(MOST_PAGES_BY_PLACE, pages));
    const isLeast = server.isLeast(window);
    const {records, isAll} = await readByPlace(server, {
      window,
      span,
      unsettledFromMs,
      mostPages: isLeast ? Infinity : mostPages,
    });
    if (isAll) {
      const isToNow =
        window.toMs >= server.endMs && server.latestMs < window.toMs + CLOCKS_DIFFER_MS;
      this.coverage.add(readingOf(isToNow ? gap : window, records));
    } else {
      this.coverage.note(records);
    }
    if (!isAll && isLeast) {
      throw contradiction(window.fromMs, 'more than one answer can hold, and offsets are ignored');
    }
    const isWorthIt = !isAll && server.hasOffsets && server.hasOrder;
    return {
      seen: {window, count: records.length},
      isDense: !isAll,
      cuts: isWorthIt
        ? await timesByPlace(
            server,
            {span, window},
            Math.ceil((mostPages / 2) * server.rows.leastPage),
          )
        : [],
    };
  }

  /** Answers that do not go by time prove what lies between their bounds if they were not cut, and bounds are kept. */
  private async readWithoutOrder(window: Window): Promise<Outcome> {
    const {server, coverage} = this;
    await this.boundsTrial.run();
    const span = server.padded(window);
    const answer = await server.ask(span);
    const {records} = answer.page;
    const seen = {window, count: records.length};
    // Where offsets are ignored what is behind a page cannot be seen.
    const isCut =
      server.mayBeCut(answer) && (!server.hasOffsets || (await server.goesOn(answer, span, 0)));
    const toMs = Math.max(window.fromMs, Math.min(window.toMs, server.endMs));
    if (isCut && server.isLeast({...window, toMs})) {
      return this.readPlaces(window);
    }
    if (!isCut) {
      coverage.add(readingOf(window, records));
    }
    coverage.note(records);
    return {seen, isDense: isCut, cuts: isCut ? cutsAround(records, {...window, toMs}) : []};
  }
}
