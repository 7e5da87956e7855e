import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import type {LogServer} from './log-server';
import {Places} from './places';
import {countNew, type PagesEnd, type Query, type Shown, shownBy} from './query';
import {provenBy, type Reading} from './reading';
import {ignoresOffsets} from './reach';
import {areSame} from './record-lists';
import {learnWhyShort} from './short-pages';
import {holds} from './windows';

/** So many pages may show nothing that is wanted: what a server adds by rounding bounds outwards, or rows that it leaves out. */
const MOST_PAGES_OF_OTHERS = 200;

/**
 * The pages of a query, one after the other by offset, each showing again how the one before ended.
 * What each proves is kept; whether it may be believed is for the walk to say.
 */
export class Pages {
  readonly found: Reading[] = [];
  wantedRecords = 0;
  shownPages = 0;
  readonly places: Places;
  private limit: number;
  private usefulPages = 0;
  private others = 0;
  /** Whether what has to be shown first was shown. */
  private isAnchored: boolean;
  private repeated: readonly AuditRecord[] = [];

  /**
   * @param latest what was shown before and is known, of which the last record counts
   * @param endAfter is told of each page that brought something; the end that it returns is the end
   */
  constructor(
    private readonly server: LogServer,
    readonly query: Query,
    public latest: Shown,
    private readonly endAfter: (answer: AuditAnswer) => PagesEnd | undefined = () => undefined,
  ) {
    this.places = new Places(server, query.span, query.start);
    this.limit = query.limit;
    this.isAnchored = query.anchorMs === undefined;
  }

  /**
   * Follows the query.
   * @param first its first answer, if that is there already
   * @throws Failure if requests fail
   */
  async follow(first?: AuditAnswer): Promise<PagesEnd> {
    let answer = first;
    for (this.others = 0; this.others < MOST_PAGES_OF_OTHERS; this.others++) {
      const end = await this.takeIn(answer ?? (await this.places.ask(this.limit)));
      if (end) {
        return end;
      }
      answer = undefined;
    }
    return 'dense';
  }

  /** Takes in an answer, and decides what to ask next. @returns how it ends, if it does */
  private async takeIn(answer: AuditAnswer): Promise<PagesEnd | undefined> {
    const {server, query, places} = this;
    const {start} = places;
    const {records} = answer.page;
    if (places.showsStrays(query, records)) {
      server.isNewestFirst = false;
    }
    if (!server.hasOrder) {
      return 'astray';
    }
    const [head, tail] = [records[0], records.at(-1)];
    const before = this.latest.records.at(-1);
    // A short page of one millisecond does not tell which way answers go.
    const isShort = this.limit < MOST_RECORDS && records.length >= this.limit;
    const isTold = server.isNewestFirst !== undefined || !isShort;
    const isNewest = start === 0 && isTold && query.span.toMs === Infinity;
    const shown = shownBy(answer, start, this.limit, isNewest);
    this.shownPages++;
    this.found.push(provenBy(records, {isNewest}));
    this.isAnchored ||= head !== undefined && head.timeMs >= query.anchorMs!;
    if (!this.isAnchored && (tail || !(await server.hasNext(answer))) && server.bounds.widen()) {
      return 'astray';
    }
    if (!head || !tail || (before && tail.timeMs >= before.timeMs)) {
      return this.turn(shown, answer);
    }
    const follows = this.shownPages === 1 || !before || head.timeMs > before.timeMs;
    if (follows || !holds(query.window, head.timeMs)) {
      return this.goOn(shown, answer);
    }
    if (before.timeMs === head.timeMs) {
      return {crowdedMs: head.timeMs};
    }
    if (this.latest.records.length === 1) {
      // It has nothing that could be shown again.
      server.rows.wasCut(1);
    } else {
      server.rows.hide();
    }
    return 'dense';
  }

  /** A page has brought something. */
  private async goOn(shown: Shown, answer: AuditAnswer): Promise<PagesEnd | undefined> {
    const {server, query, latest} = this;
    const {records} = shown;
    const added = countNew(query, records, latest.records.at(-1));
    this.wantedRecords += added;
    // What lies beyond the window may have been cut off by a bound, and not by the server.
    if (latest.limit === MOST_RECORDS && (this.shownPages > 1 || added > 0)) {
      server.rows.wasCut(latest.records.length);
    }
    if (latest.start !== undefined && added > 0) {
      server.next.learn(latest.hasNext);
    }
    this.latest = shown;
    this.repeated = [];
    this.usefulPages += added > 0 ? 1 : 0;
    this.places.stepOver(records);
    this.limit = MOST_RECORDS;
    const isEnough = this.usefulPages >= query.mostPages || !server.hasOffsets;
    return this.endAfter(answer) ?? (isEnough ? 'dense' : undefined);
  }

  /** A page has brought nothing that happened after what was shown: that was all, or something else has to be asked. */
  private async turn(shown: Shown, answer: AuditAnswer): Promise<PagesEnd | undefined> {
    const {server, query, places, latest} = this;
    const {records, place} = shown;
    const [head, tail] = [records[0], records.at(-1)];
    const isShort = this.limit < MOST_RECORDS && records.length >= this.limit;
    this.limit = MOST_RECORDS;
    if (isShort) {
      this.shownPages = 0;
      return undefined;
    }
    const isRepeated = tail !== undefined && areSame(this.repeated, records);
    this.repeated = records;
    if (!head || !tail) {
      return (await server.hasNext(answer)) ? this.askWhyShort(records) : 'all';
    }
    if (isRepeated && (await ignoresOffsets(server, query.span))) {
      return server.saysMore(answer) ? 'dense' : 'all';
    }
    const isOneTime = head.timeMs === tail.timeMs;
    if (places.isOfCrowd(query.before, records)) {
      this.others = 0;
      server.progress();
    }
    const isFirst = this.shownPages === 1;
    const isMore = !isFirst && place > latest.place && isOneTime;
    if (isMore && holds(query.window, tail.timeMs)) {
      return {crowdedMs: tail.timeMs};
    }
    this.latest = isFirst || isMore ? shown : latest;
    if (!server.rows.isFull(answer)) {
      return (await server.hasNext(answer)) ? this.askWhyShort(records) : 'all';
    }
    if (isRepeated) {
      places.stepToLast();
    } else {
      places.stepOver(records);
    }
    return undefined;
  }

  /** More comes after a page that shows little, or nothing. */
  private async askWhyShort(records: readonly AuditRecord[]): Promise<PagesEnd | undefined> {
    const {server, places} = this;
    await learnWhyShort({server, span: this.query.span, start: places.start, records});
    if (server.rows.hasHiddenRows || records.length === 0) {
      return 'dense';
    }
    places.stepOver(records);
    return undefined;
  }
}
