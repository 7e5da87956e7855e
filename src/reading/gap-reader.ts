import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {contradiction} from './contradiction';
import type {Coverage} from './coverage';
import {readCrowded} from './crowded';
import type {LogServer} from './log-server';
import type {Order, Seen} from './order';
import {MOST_PAGES} from './plan';
import {readingOf} from './reading';
import {Walk} from './walk';
import {lengthOf, type Window} from './windows';

/** A page of fewer has nothing between its first record and its last. */
const LEAST_RECORDS_IN_ORDER = 3;
/** So many rows of other times may a server add to those of a millisecond. */
const MOST_ROWS_OF_OTHERS = 100_000;
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
  private hasTriedBounds = false;

  constructor(
    private readonly server: LogServer,
    private readonly coverage: Coverage,
  ) {}

  /**
   * @param first the answer to the whole gap that is there already
   * @throws Failure if requests fail, or what is crowded cannot be read
   */
  async read(order: Order, first?: AuditAnswer): Promise<Outcome> {
    const {server} = this;
    if (server.direction === 0) {
      return this.readWithoutOrder(order.window);
    }
    if (server.recordsPerPage < LEAST_RECORDS_IN_ORDER) {
      await this.tryAllBounds();
      const {length: count} = await this.readCrowded(order.window);
      return {seen: {window: order.window, count}, isDense: false, cuts: []};
    }
    const walk = new Walk(server, this.coverage, order, first);
    const end = await walk.run();
    if (typeof end === 'object') {
      const window = {fromMs: end.crowdedMs, toMs: end.crowdedMs};
      const records = await this.readCrowded(window, await this.tryBounds(end.crowdedMs));
      if (records.length === 0) {
        throw contradiction(end.crowdedMs, 'a record that was shown is not shown page by page');
      }
    }
    const isDense = end === 'dense';
    const isWorthIt = isDense && !order.isBlind && server.hasOffsets && !server.hasHiddenRows;
    return {
      seen: walk.seen,
      isDense,
      cuts: isWorthIt ? await walk.measure(this.recordsAtOnce) : [],
    };
  }

  /** How many records are read at once. */
  private get recordsAtOnce(): number {
    const {recordsPerPage, bytesPerRecord} = this.server;
    const overlap = this.server.overlapOf(recordsPerPage);
    const pages = Math.floor(MOST_BYTES_AT_ONCE / (bytesPerRecord * recordsPerPage));
    const most = Math.max(1, Math.min(MOST_PAGES, pages));
    return Math.max(1, most * (recordsPerPage - overlap) - 2 * overlap);
  }

  /** Answers that do not go by time prove what lies between their bounds if they were not cut, and bounds are kept. */
  private async readWithoutOrder(window: Window): Promise<Outcome> {
    const {server, coverage} = this;
    await this.tryAllBounds();
    const answer = await server.ask(server.padded(window));
    const {records} = answer.page;
    const seen = {window, count: records.length};
    const isCut = server.mayBeCut(answer) || (await server.hasNext(answer));
    if (isCut && lengthOf(window) > 1) {
      return {seen, isDense: true, cuts: []};
    }
    if (isCut) {
      await this.readCrowded(window);
    } else {
      coverage.add(readingOf(window, records));
    }
    return {seen, isDense: false, cuts: []};
  }

  /**
   * Asks for a millisecond in which something is known to have happened, ever wider until that is shown.
   * @returns what it then asked for
   */
  private async tryBounds(timeMs: number): Promise<Window> {
    const {server} = this;
    let span = server.around(timeMs);
    for (let start = 0; start < MOST_ROWS_OF_OTHERS;) {
      const answer = await server.ask(span, start);
      const {records} = answer.page;
      if (records.some((record) => record.timeMs === timeMs)) {
        return span;
      }
      const mayFollow = records.length > 0 ? server.mayBeCut(answer) : await server.hasNext(answer);
      if (mayFollow) {
        start += Math.max(records.length, server.leastPage);
      } else if (server.widen()) {
        span = server.around(timeMs);
        start = 0;
      } else {
        break;
      }
    }
    throw contradiction(timeMs, 'a record that was shown is not shown when it is asked for');
  }

  /** Tries, once, whether bounds are kept, by the record that shows it best. */
  private async tryAllBounds(): Promise<void> {
    const {oddMs} = this.server;
    if (!this.hasTriedBounds && oddMs !== undefined) {
      await this.tryBounds(oddMs);
      this.hasTriedBounds = true;
    }
  }

  private async readCrowded(
    span: Window,
    padded = this.server.padded(span),
  ): Promise<readonly AuditRecord[]> {
    const {server} = this;
    const all = await readCrowded(span, server.leastPage, async (start, limit) => {
      const answer = await server.ask(padded, start, limit);
      const {records} = answer.page;
      return {
        records,
        limit: answer.limit,
        saysMore: records.length > 0 ? server.saysMore(answer) : await server.hasNext(answer),
      };
    });
    this.coverage.add(readingOf(span, all));
    return all;
  }
}
