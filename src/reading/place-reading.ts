import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {contradiction} from './contradiction';
import type {LogServer} from './log-server';
import {ignoresOffsets, isCutOff, isOutOfReach, isSamePage, olderThan} from './reach';
import {keyOf} from './record-lists';
import {learnWhyShort, type ShortPage} from './short-pages';
import {holds, type Window} from './windows';

/** More rows than that no reading can have: they would not fit into memory either. */
const MOST_ROWS = 400_000;
/** So often may it not be found out in a reading why a page is short: things surface faster than one can look. */
const MOST_UNDECIDED = 3;

/** What is read by place. */
export interface PlacedSpan {
  /** What is wanted. */
  readonly window: Window;
  /** What is asked for. */
  readonly span: Window;
  /** From here on records may still surface, epoch ms. */
  readonly unsettledFromMs: number;
  /** After so many pages it is too much at once. */
  readonly mostPages: number;
}

/** What one reading showed. */
export interface PlacedReading {
  readonly pages: readonly (readonly AuditRecord[])[];
  /** Of all pages; where they are in no order wanted or not: how many stand in a span never hangs on that. */
  readonly records: readonly AuditRecord[];
  /** When the newest one happened of all that was shown; epoch ms. */
  readonly newestMs: number;
  readonly end: 'end' | 'only page' | 'too many';
}

/**
 * All pages once, in the order of their offsets, or the one that there is where offsets are ignored.
 * @param share what the first page has of a full one
 * @param known the keys of what another reading has shown
 */
export function readPages(
  server: LogServer,
  of: PlacedSpan,
  share: number,
  known?: readonly string[],
): Promise<PlacedReading> {
  return new PlaceReader(server, of, Math.ceil(share * server.rows.leastPage), known).read();
}

/** A page that may have been cut. */
interface DoubtfulPage extends ShortPage {
  /** How many rows it may have had. */
  readonly most: number;
}

class PlaceReader {
  private readonly pages: (readonly AuditRecord[])[] = [];
  private readonly pageSize: number;
  private readonly hasOrder: boolean;
  private newestMs = -Infinity;
  private rows = 0;
  private undecided = 0;
  private count = 0;
  private start = 0;
  private before: AuditAnswer | undefined;
  /** The page before, if it is one. */
  private short: DoubtfulPage | undefined;

  constructor(
    private readonly server: LogServer,
    private readonly of: PlacedSpan,
    private limit: number,
    private readonly known: readonly string[] | undefined,
  ) {
    this.pageSize = server.rows.leastPage;
    this.hasOrder = server.hasOrder;
  }

  async read(): Promise<PlacedReading> {
    const {server, of, pages, known} = this;
    while (pages.length <= of.mostPages || known) {
      if (this.rows > MOST_ROWS) {
        throw contradiction(of.window.fromMs, `more than ${MOST_ROWS} rows, and no end`);
      }
      const answer = await server.ask(of.span, this.start, this.limit);
      if (this.short && answer.page.records.length > 0 && (await this.stepOverHidden(this.short))) {
        continue;
      }
      const end = await this.endBefore(answer);
      if (end) {
        return this.ended(end);
      }
      this.takeIn(answer);
    }
    return this.ended('too many');
  }

  private ended(end: PlacedReading['end']): PlacedReading {
    const {pages, newestMs} = this;
    return {pages, records: pages.flat(), newestMs, end};
  }

  /** Steps over a page's hidden rows, if it has some. @returns whether it has */
  private async stepOverHidden(short: DoubtfulPage): Promise<boolean> {
    const {rows} = this.server;
    if (this.undecided < MOST_UNDECIDED) {
      await learnWhyShort(short);
      this.undecided += rows.hasHiddenRows || rows.areUneven ? 0 : 1;
    }
    if (rows.hasHiddenRows) {
      this.start = short.start + short.most;
      this.short = undefined;
    }
    return rows.hasHiddenRows;
  }

  /** How the reading ends, if this answer is not one more of its pages. */
  private async endBefore(answer: AuditAnswer): Promise<PlacedReading['end'] | undefined> {
    const {server, of, before, known, count, start} = this;
    const {records} = answer.page;
    const isKnownEnd = known && count >= known.length;
    const goesOn = async (): Promise<boolean> =>
      isKnownEnd ? server.hasNext(answer) : server.goesOn(answer, of.span, start);
    if (records.length === 0 && !(await goesOn())) {
      return (await this.isBeyondReach()) ? 'too many' : 'end';
    }
    const isSecond = this.pages.length === 1 && !known;
    server.hasOffsets &&= !isSamePage(records, before?.page.records);
    if (before && (!server.hasOffsets || (isSecond && (await ignoresOffsets(server, of.span))))) {
      return server.saysMore(before) ? 'too many' : 'only page';
    }
    return undefined;
  }

  /** Whether it ended since offsets reach no farther. */
  private async isBeyondReach(): Promise<boolean> {
    const {server, of, pages, known, count, start} = this;
    if (!known) {
      const older = pages.length > 1 ? await olderThan(server, of.window, pages.flat()) : [];
      return isOutOfReach(server, {...of, place: start}, older);
    }
    return count > known.length && isCutOff(server, of.span, start);
  }

  /** Whether these come next in another reading, too. */
  private isAsKnown(records: readonly AuditRecord[]): boolean {
    const {known, count} = this;
    return !known || records.every((each, n) => known[count + n] === keyOf(each));
  }

  private takeIn(answer: AuditAnswer): void {
    const {server, of, start, limit} = this;
    const {records} = answer.page;
    if (records.length > 0) {
      this.rows += records.length;
      if (this.before) {
        server.next.learn(this.before.page.hasNext);
      }
    }
    const counted = this.hasOrder
      ? records.filter(({timeMs}) => holds(of.window, timeMs))
      : records;
    this.pages.push(counted);
    const most = Math.min(limit, answer.limit);
    const isFull = records.length >= most;
    // Where something is recorded as fast as it is read, page after page brings little and has no end.
    if (isFull && (this.known ? this.isAsKnown(counted) : of.mostPages === Infinity)) {
      server.progress();
    }
    this.count += counted.length;
    this.newestMs = Math.max(this.newestMs, ...records.map(({timeMs}) => timeMs));
    this.before = answer;
    const isShort = records.length > 0 && !isFull && !server.rows.hasHiddenRows;
    this.short = isShort ? {server, span: of.span, start, records, most} : undefined;
    this.start += isShort ? records.length : most;
    this.limit = this.pageSize;
  }
}
