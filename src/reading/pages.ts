import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import type {Course} from './course';
import type {LogServer} from './log-server';
import {areSame, countEach, type Ends, provenBy, type Reading, unite} from './reading';
import {holds, type Window} from './windows';

/** So many pages may show nothing that is wanted: what a server adds by rounding bounds outwards, or rows that it leaves out. */
const MOST_PAGES_OF_OTHERS = 200;

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
  readonly ends: Ends;
  /** The place after the last of them, by offset. */
  readonly place: number;
  readonly limit: number;
}

/**
 * How following a query ended: all of it was shown; more is there than expected; answers do not go the
 * way they were taken to go, or bounds have to be asked wider; or pages do not get past a millisecond.
 */
export type PagesEnd = 'all' | 'dense' | 'astray' | {readonly crowdedMs: number};

/**
 * The pages of a query, one after the other by offset, each showing again how the one before ended.
 * What each proves is kept; whether it may be believed is for the walk to say.
 */
export class Pages {
  readonly found: Reading[] = [];
  /** How many records of the window were shown. */
  count = 0;
  /** How many pages were shown. */
  asked = 0;
  private start: number;
  private limit: number;
  /** How many pages have brought something that is wanted. */
  private useful = 0;
  /** Pages come after rows that no answer shows: they follow only by their places. */
  private isByPlace = false;
  private repeated: readonly AuditRecord[] = [];
  /** What was asked for before it was needed, by where it starts. */
  private readonly ahead = new Map<number, Promise<AuditAnswer>>();

  /** @param latest what was shown before and is known, of which the last record counts */
  constructor(
    private readonly server: LogServer,
    private readonly course: Course,
    readonly query: Query,
    public latest: Shown,
  ) {
    this.start = query.start;
    this.limit = query.limit;
  }

  /**
   * Follows the query.
   * @param first its first answer, if that is there already
   * @param onPage is told of each page that brought something; the end that it returns is the end
   * @throws Failure if requests fail
   */
  async follow(
    first: AuditAnswer | undefined,
    onPage: (answer: AuditAnswer) => PagesEnd | undefined,
  ): Promise<PagesEnd> {
    let answer = first;
    for (let asked = 0; asked < MOST_PAGES_OF_OTHERS; asked++) {
      answer ??= await (this.ahead.get(this.start) ??
        this.server.ask(this.query.span, this.start, this.limit));
      const end = await this.takeIn(answer, onPage);
      if (end) {
        return end;
      }
      answer = undefined;
    }
    return 'dense';
  }

  /** Asks at once for the next pages, by their offsets. */
  askAhead(pages: number): void {
    const {server, query, start} = this;
    const {recordsPerPage} = server;
    const step = Math.max(1, recordsPerPage - server.overlapOf(recordsPerPage));
    for (let page = 0; page < pages; page++) {
      const answer = server.ask(query.span, start + page * step);
      answer.catch(() => undefined);
      this.ahead.set(start + page * step, answer);
    }
  }

  /** How many records of a page the next one shows again: some that happened before its last ones, if it has many. */
  overlapAfter(records: readonly AuditRecord[]): number {
    const {length} = records;
    const lastMs = records.at(-1)!.timeMs;
    const needed = length - records.findLastIndex(({timeMs}) => timeMs !== lastMs);
    const usual = this.server.overlapOf(length);
    return needed <= length / 2 ? Math.max(usual, needed) : Math.min(usual, length - 1);
  }

  /** Answers do not go the way that they were taken to go. */
  get isAstray(): boolean {
    const expected = this.course.isNewestFirst ? -1 : 1;
    return (this.server.direction ?? expected) !== expected;
  }

  /** Takes in an answer, and decides what to ask next. @returns how it ends, if it does */
  private async takeIn(
    answer: AuditAnswer,
    onPage: (answer: AuditAnswer) => PagesEnd | undefined,
  ): Promise<PagesEnd | undefined> {
    const {server, course, query, start} = this;
    if (this.isAstray) {
      return 'astray';
    }
    const {records} = answer.page;
    const [head, tail] = [records[0], records.at(-1)];
    const before = this.latest.records.at(-1);
    // A short page of one millisecond does not tell which way answers go.
    const isShort = this.limit < MOST_RECORDS && records.length >= this.limit;
    const isTold = server.direction !== undefined || !isShort;
    const ends = start === 0 && isTold ? endAt(course.near(query.span)) : {};
    const shown = {records, ends, place: start + records.length, limit: this.limit};
    this.found.push(provenBy(this.isByPlace ? unite(this.latest.records, records) : records, ends));
    const isFirst = this.asked++ === 0;
    const {anchorMs} = query;
    const isShown =
      anchorMs === undefined || (head !== undefined && !course.isNearer(anchorMs, head.timeMs));
    if (isFirst && !isShown && server.widen()) {
      return 'astray';
    }
    if (!tail || (before && !course.isNearer(before.timeMs, tail.timeMs))) {
      return this.turn(shown, answer, isFirst);
    }
    const follows = isFirst || this.isByPlace || course.isNearer(head!.timeMs, before!.timeMs);
    return !follows && holds(query.window, head!.timeMs)
      ? this.stuckAt(before!.timeMs, head!.timeMs)
      : this.goOn(shown, answer, onPage);
  }

  /** A page has brought something. */
  private goOn(
    shown: Shown,
    answer: AuditAnswer,
    onPage: (answer: AuditAnswer) => PagesEnd | undefined,
  ): PagesEnd | undefined {
    const {server, query, latest} = this;
    const {records} = shown;
    const added = this.countNew(records, latest.records.at(-1));
    // What lies beyond the window may have been cut off by a bound, and not by the server.
    if (latest.limit === MOST_RECORDS && (this.asked > 1 || added > 0)) {
      server.wasCut(latest.records.length);
    }
    this.latest = shown;
    this.isByPlace = false;
    this.repeated = [];
    this.useful += added > 0 ? 1 : 0;
    this.stepOver(records);
    this.limit = MOST_RECORDS;
    const end = onPage(answer);
    if (end) {
      return end;
    }
    return this.useful >= query.mostPages || !server.hasOffsets ? 'dense' : undefined;
  }

  /** A page has brought nothing that happened after what was shown: that was all, or something else has to be asked. */
  private async turn(
    shown: Shown,
    answer: AuditAnswer,
    isFirst: boolean,
  ): Promise<PagesEnd | undefined> {
    const {server, query, latest} = this;
    const {records, place} = shown;
    const tail = records.at(-1);
    if (this.limit < MOST_RECORDS && records.length >= this.limit) {
      this.limit = MOST_RECORDS;
      this.asked = 0;
      return undefined;
    }
    const isRepeated = tail !== undefined && areSame(this.repeated, records);
    const before = latest.records.at(-1);
    if (tail && before && this.course.isNearer(tail.timeMs, before.timeMs) && !isRepeated) {
      // It does not even come to what is known: others stand at the places of these records.
      this.repeated = records;
      this.limit = MOST_RECORDS;
      this.stepOver(records);
      return undefined;
    }
    if (isRepeated && !server.saysMore(answer)) {
      server.failToFollow();
      return 'all';
    }
    if (isRepeated && this.isByPlace && countEach(records).size > 1) {
      return this.stuckAt(records[0]!.timeMs, tail.timeMs);
    }
    const isFull = tail !== undefined && server.isFull(answer);
    const isMore = tail !== undefined && !isFirst && place > latest.place;
    const isOneTime = records[0]?.timeMs === tail?.timeMs;
    if (isMore && holds(query.window, tail.timeMs) && (!isFull || isOneTime)) {
      return {crowdedMs: tail.timeMs};
    }
    this.repeated = records;
    this.latest = tail && (isFirst || isMore) ? shown : latest;
    this.limit = MOST_RECORDS;
    if (isFull && !isRepeated) {
      this.stepOver(records);
      return undefined;
    }
    if (isFull || (await server.hasNext(answer))) {
      this.start += server.leastPage;
      this.isByPlace = true;
      return undefined;
    }
    return 'all';
  }

  /** The next page begins with some records of this one, and goes on by one at least. */
  private stepOver(records: readonly AuditRecord[]): void {
    this.start += records.length - this.overlapAfter(records);
  }

  /** How many records of a page are wanted and come after the ones before; they are counted. */
  private countNew(records: readonly AuditRecord[], before: AuditRecord | undefined): number {
    const isNew = ({timeMs}: AuditRecord): boolean =>
      holds(this.query.window, timeMs) && (!before || this.course.isNearer(before.timeMs, timeMs));
    const added = records.filter(isNew).length;
    this.count += added;
    return added;
  }

  /** Pages do not get past records: they skip some, come again, or one millisecond holds more than a page. */
  private stuckAt(beforeMs: number, timeMs: number): PagesEnd {
    if (beforeMs === timeMs && holds(this.query.window, timeMs)) {
      return {crowdedMs: timeMs};
    }
    this.server.failToFollow();
    return 'dense';
  }
}

/** The end of the log at which answers begin or end that have no bound there. */
export function endAt(ms: number): Ends {
  return {isOldest: ms === -Infinity, isNewest: ms === Infinity};
}
