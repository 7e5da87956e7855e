import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import {type Coverage, SEAM_RECORDS} from './coverage';
import {Course} from './course';
import type {LogServer} from './log-server';
import {areSame, countEach, type Ends, provenBy, type Reading, unite} from './reading';
import {holds, type Window} from './windows';

/** So many pages may show nothing of a gap: what a server adds by rounding bounds outwards, or rows that it leaves out. */
const MOST_PAGES_OF_OTHERS = 200;
/** A short answer: some known records, and as many that are not. */
const SHORT = 2 * SEAM_RECORDS;

/** A gap, or a part of one, and how it is to be asked for. */
export interface Order {
  readonly window: Window;
  /** How many pages it is expected to take: they are asked for at once. */
  readonly pages: number;
  /** After so many it is left for now. */
  readonly mostPages: number;
  /** How far beyond it one has to look to see some records, ms. */
  readonly marginMs: number;
  /** It is a part of a gap, and what comes before it is not known. */
  readonly isCut: boolean;
  /** It was counted out to hold as much as may be read at once. */
  readonly isCounted: boolean;
  /** Nothing is known of how much it holds. */
  readonly isBlind: boolean;
  /** So many records that are known before it are to be shown again. */
  readonly overlap: number;
}

/**
 * How a walk ended: as far as it got, with more there than expected, or at a millisecond that pages do
 * not get past.
 */
export type WalkEnd = 'done' | 'dense' | {readonly crowdedMs: number};

/** What a walk has seen of its gap. */
export interface Seen {
  readonly window: Window;
  /** How many records. */
  readonly count: number;
}

/** What a walk asks for, page by page. */
interface Query {
  readonly span: Window;
  /** A record is known here, so it has to be shown first. */
  readonly anchorMs: number | undefined;
}

/** Records that were shown together, as the server orders them. */
interface Shown {
  readonly records: readonly AuditRecord[];
  readonly ends: Ends;
  /** The place after the last of them, by offset. */
  readonly place: number;
  readonly limit: number;
}

/**
 * A walk through a gap the way that answers go: page after page by offset, each showing again how the
 * one before ended. Its pages are believed when they have shown all that there is between its bounds,
 * in order: where answers go by something else than time, a late record may stand after them.
 */
export class Walk {
  private readonly course: Course;
  /** What is known before the gap, the nearest first. */
  private readonly known: readonly AuditRecord[];
  /** Where a record is known after the gap. */
  private readonly farMs: number | undefined;
  /** Nothing that is known lies after the gap. */
  private readonly isLast: boolean;
  private query: Query;
  private start: number;
  private limit = MOST_RECORDS;
  /** How many pages of this query were shown. */
  private asked = 0;
  /** Pages come after rows that no answer shows: they follow only by their places. */
  private isByPlace = false;
  /** What was asked for before it was needed, by where it starts. */
  private readonly ahead = new Map<number, Promise<AuditAnswer>>();
  /** What was shown last and brought something; before that, what is known. */
  private latest: Shown;
  private repeated: readonly AuditRecord[] = [];
  private readonly found: Reading[] = [];
  /** How many records of the gap were shown. */
  private count = 0;
  private pages = 0;

  constructor(
    private readonly server: LogServer,
    private readonly coverage: Coverage,
    private readonly order: Order,
  ) {
    const {window, marginMs} = order;
    const course = new Course(server.direction !== 1);
    const before = coverage.beside(window, course.isNewestFirst);
    const after = coverage.beside(window, !course.isNewestFirst);
    this.course = course;
    this.known = before ? course.fromFar(before.records) : [];
    this.latest = {records: this.known.slice(0, 1), ends: {}, place: 0, limit: 0};
    const anchor = this.known[Math.min(order.overlap, this.known.length) - 1];
    const beyond = after ? course.fromNear(after.records) : [];
    this.farMs = beyond[Math.min(order.overlap, beyond.length) - 1]?.timeMs;
    this.isLast =
      this.farMs === undefined && (after !== undefined || coverage.isEnd(course.far(window)));
    // What is known to hold nothing is looked across.
    const nearMs = anchor?.timeMs ?? course.nearer(course.near(before?.span ?? window), marginMs);
    const farMs = this.farMs ?? course.nearer(course.far(after?.span ?? window), -marginMs);
    this.query = {span: server.padded(course.window(nearMs, farMs)), anchorMs: anchor?.timeMs};
    const atAnchor = this.known.filter(({timeMs}) => !course.isNearer(timeMs, nearMs));
    this.start = Math.max(0, atAnchor.length - SEAM_RECORDS);
  }

  /**
   * Walks until all between the bounds is known, or it cannot go on.
   * @param first the answer to the whole gap that is there already
   * @throws Failure if requests fail
   */
  async run(first?: AuditAnswer): Promise<WalkEnd> {
    const {coverage, order, course} = this;
    if (first) {
      const {window} = order;
      this.query = {span: window, anchorMs: undefined};
    } else {
      this.askAhead(order.pages);
    }
    const end = await this.follow(first);
    if (end === 'dense' && !(order.isBlind && this.asked === 1) && this.latest.records.length > 0) {
      await this.confirm();
      return end;
    }
    if (end !== 'end') {
      return end === 'moved' ? 'done' : end;
    }
    const lastMs = this.latest.records.at(-1)?.timeMs;
    const isCutShort =
      this.farMs !== undefined && (lastMs === undefined || course.isNearer(lastMs, this.farMs));
    if (isCutShort && this.server.widen()) {
      return 'done';
    }
    this.found.forEach((reading) => coverage.add(reading));
    if (this.isLast && coverage.gapsIn(order.window).length > 0 && !this.hasNothingBefore) {
      return this.lookBeyond();
    }
    return 'done';
  }

  /** Asks whether nothing else lies between where a walk began and where it was left: then its pages are believed. */
  private async confirm(): Promise<void> {
    const {server, course, coverage, query} = this;
    const {records, place} = this.latest;
    const overlap = this.overlapAfter(records);
    // Where pages do not follow, one answer has to show all: it is asked for a little less than it can.
    const last = server.hasOffsets ? records.at(-1)! : records.at(-1 - overlap)!;
    const farMs = course.far(server.padded(course.window(last.timeMs, last.timeMs)));
    const span = course.window(course.near(query.span), farMs);
    const start = server.hasOffsets ? Math.max(0, place - overlap) : 0;
    const answer = await server.ask(span, start);
    const shown = answer.page.records;
    if (this.isAstray || (shown.length === 0 && server.widen())) {
      return;
    }
    if (!server.hasOffsets) {
      this.found.length = 0;
      if (!server.isFull(answer)) {
        this.found.push(provenBy(shown, endAt(course.near(query.span))));
      }
    }
    this.found.forEach((reading) => coverage.add(reading));
  }

  /** How much of the gap was shown, at least. */
  get seen(): Seen {
    const {window} = this.order;
    const last = this.latest.records.at(-1);
    const isWhole =
      !last || this.count === 0 || this.isPast(last) || this.coverage.gapsIn(window).length === 0;
    const farMs = isWhole ? this.course.far(window) : last.timeMs;
    return {window: this.course.window(this.course.near(window), farMs), count: this.count};
  }

  /** The times between which `records` of the gap lie each, nearest first. */
  async measure(records: number): Promise<number[]> {
    const {server, course, order, query} = this;
    const times: number[] = [];
    for (let start = records; ; start += records) {
      const {page} = await server.ask(query.span, start, 1);
      const timeMs = page.records[0]?.timeMs;
      const isNext =
        timeMs !== undefined &&
        holds(order.window, timeMs) &&
        (times.length === 0 || course.isNearer(times.at(-1)!, timeMs));
      if (!isNext) {
        return times;
      }
      times.push(timeMs);
    }
  }

  /** Follows a query to its end; or, beyond the end of the gap, until it brings something. */
  private async follow(first?: AuditAnswer, isBeyond = false): Promise<WalkEnd | 'end' | 'moved'> {
    const {server, query} = this;
    let answer = first;
    for (let asked = 0; asked < MOST_PAGES_OF_OTHERS; asked++) {
      answer ??= await (this.ahead.get(this.start) ??
        server.ask(query.span, this.start, this.limit));
      const end = await this.takeIn(answer, isBeyond);
      if (end) {
        return end;
      }
      answer = undefined;
    }
    return 'dense';
  }

  /** Takes in an answer, and decides what to ask next. @returns how it ends, if it does */
  private async takeIn(
    answer: AuditAnswer,
    isBeyond: boolean,
  ): Promise<WalkEnd | 'end' | 'moved' | undefined> {
    const {server, course, query, start} = this;
    if (this.isAstray) {
      return 'done';
    }
    const {records} = answer.page;
    const [head, tail] = [records[0], records.at(-1)];
    const before = this.latest.records.at(-1);
    const ends = start === 0 ? endAt(course.near(query.span)) : {};
    const shown = {records, ends, place: start + records.length, limit: this.limit};
    this.found.push(provenBy(this.isByPlace ? unite(this.latest.records, records) : records, ends));
    const isFirst = this.asked++ === 0;
    const {anchorMs} = query;
    const isShown =
      anchorMs === undefined || (head !== undefined && !course.isNearer(anchorMs, head.timeMs));
    if (isFirst && !isShown && server.widen()) {
      return 'done';
    }
    if (!tail || (before && !course.isNearer(before.timeMs, tail.timeMs))) {
      return this.turn(shown, answer, isFirst);
    }
    const follows = isFirst || this.isByPlace || course.isNearer(head!.timeMs, before!.timeMs);
    if (!follows && holds(this.order.window, head!.timeMs)) {
      return this.stuckAt(before!.timeMs, head!.timeMs);
    }
    return this.goOn(shown, answer, isBeyond);
  }

  /** A page has brought something. */
  private goOn(
    shown: Shown,
    answer: AuditAnswer,
    isBeyond: boolean,
  ): WalkEnd | 'end' | 'moved' | undefined {
    const {server, order, latest} = this;
    const {records} = shown;
    const added = this.countNew(records, latest.records.at(-1));
    // What lies beyond the bounds of the gap was not cut off by the server.
    if (latest.limit === MOST_RECORDS && (!isBeyond || added > 0)) {
      server.wasCut(latest.records.length);
    }
    this.latest = shown;
    this.isByPlace = false;
    this.repeated = [];
    if (isBeyond) {
      return 'moved';
    }
    if (!server.saysMore(answer) && records.length < server.recordsPerPage) {
      return 'end';
    }
    const isFirst = this.asked === 1;
    this.pages += added > 0 ? 1 : 0;
    if (this.pages >= order.mostPages || !server.hasOffsets) {
      return 'dense';
    }
    this.start += records.length - this.overlapAfter(records);
    this.limit = MOST_RECORDS;
    if (order.isBlind && isFirst) {
      const pages = this.pagesAfter(records);
      if (pages >= order.mostPages) {
        return 'dense';
      }
      this.askAhead(pages);
    }
    return undefined;
  }

  /** A page has brought nothing that happened after what was shown: it is the end, or something else has to be asked. */
  private async turn(
    shown: Shown,
    answer: AuditAnswer,
    isFirst: boolean,
  ): Promise<WalkEnd | 'end' | undefined> {
    const {server, order, latest} = this;
    const {records, place} = shown;
    const tail = records.at(-1);
    if (this.limit === SHORT && records.length >= SHORT) {
      this.limit = MOST_RECORDS;
      this.asked = 0;
      return undefined;
    }
    const isRepeated = tail !== undefined && areSame(this.repeated, records);
    if (isRepeated && this.isByPlace && countEach(records).size > 1) {
      return this.stuckAt(records[0]!.timeMs, tail.timeMs);
    }
    const isFull = tail !== undefined && server.isFull(answer);
    const isMore = tail !== undefined && !isFirst && place > latest.place;
    const isOneTime = records[0]?.timeMs === tail?.timeMs;
    if (isMore && holds(order.window, tail.timeMs) && (!isFull || isOneTime)) {
      return {crowdedMs: tail.timeMs};
    }
    this.repeated = records;
    this.latest = tail && (isFirst || isMore) ? shown : latest;
    if (isFull && !isRepeated) {
      this.start += records.length - this.overlapAfter(records);
      this.limit = MOST_RECORDS;
      return undefined;
    }
    if (isFull || (await server.hasNext(answer))) {
      this.start += server.leastPage;
      this.isByPlace = true;
      this.limit = MOST_RECORDS;
      return undefined;
    }
    return 'end';
  }

  /** Nothing was shown, and it is a part of a gap: what lies before it may be far. */
  private get hasNothingBefore(): boolean {
    return (
      this.latest.records.length === 0 && this.query.anchorMs === undefined && this.order.isCut
    );
  }

  /** Looks without a bound for what comes after the records that were shown last. */
  private async lookBeyond(): Promise<WalkEnd> {
    const {server, course, coverage, query} = this;
    const {records, place} = this.latest;
    const start = Math.max(0, place - records.length);
    // It is what happened between the anchor and its end that an answer proves.
    const lastMs = records.at(-1)?.timeMs;
    const isShort = records.length <= SEAM_RECORDS && start === 0;
    const at = isShort
      ? -1
      : records
          .slice(0, 1 - server.overlapOf(records.length))
          .findLastIndex(({timeMs}) => timeMs !== lastMs);
    if (server.hasOffsets || at < 0) {
      this.query = {...query, span: course.window(course.near(query.span), course.end)};
      this.start = start + Math.max(0, at);
    } else {
      const anchorMs = records[at]!.timeMs;
      this.query = {span: server.padded(course.window(anchorMs, course.end)), anchorMs};
      this.start = 0;
    }
    this.asked = 0;
    this.isByPlace = false;
    this.repeated = [];
    this.found.length = 0;
    this.ahead.clear();
    this.limit = SHORT;
    const end = await this.follow(undefined, true);
    if (end === 'moved' || end === 'end') {
      this.found.forEach((reading) => coverage.add(reading));
    }
    if (end === 'end') {
      this.reachEnd();
    }
    return end === 'moved' || end === 'end' ? 'done' : end;
  }

  /** Nothing comes after what was shown last. */
  private reachEnd(): void {
    const {query, course, coverage} = this;
    const {records, ends} = this.latest;
    const open: Ends =
      records.length === 0 && this.asked === 1 ? endAt(course.near(query.span)) : {};
    if (records.length > 0 || open.isOldest || open.isNewest) {
      coverage.add(
        provenBy(records, {
          isOldest: open.isOldest || ends.isOldest || course.isNewestFirst,
          isNewest: open.isNewest || ends.isNewest || !course.isNewestFirst,
        }),
      );
    }
  }

  /** How many records of a page are in the gap and come after the ones before; they are counted. */
  private countNew(records: readonly AuditRecord[], before: AuditRecord | undefined): number {
    const isNew = ({timeMs}: AuditRecord): boolean =>
      holds(this.order.window, timeMs) && (!before || this.course.isNearer(before.timeMs, timeMs));
    const added = records.filter(isNew).length;
    this.count += added;
    return added;
  }

  /** Pages do not get past records: they skip some, come again, or one millisecond holds more than a page. */
  private stuckAt(beforeMs: number, timeMs: number): WalkEnd {
    if (beforeMs === timeMs && holds(this.order.window, timeMs)) {
      return {crowdedMs: timeMs};
    }
    this.server.failToFollow();
    return 'dense';
  }

  /** How many records of a page the next one shows again: some that happened before its last ones, if it has many. */
  private overlapAfter(records: readonly AuditRecord[]): number {
    const {length} = records;
    const lastMs = records.at(-1)!.timeMs;
    const needed = length - records.findLastIndex(({timeMs}) => timeMs !== lastMs);
    const usual = this.server.overlapOf(length);
    return needed <= length / 2 ? Math.max(usual, needed) : Math.min(usual, length - 1);
  }

  /** Asks at once for the pages that will be needed, by their offsets. */
  private askAhead(pages: number): void {
    const {server, query, start} = this;
    const {recordsPerPage} = server;
    const step = Math.max(1, recordsPerPage - server.overlapOf(recordsPerPage));
    for (let page = 0; pages > 1 && page < pages; page++) {
      const answer = server.ask(query.span, start + page * step);
      answer.catch(() => undefined);
      this.ahead.set(start + page * step, answer);
    }
  }

  /** How many pages come after this first one, if records lie as close together everywhere. */
  private pagesAfter(records: readonly AuditRecord[]): number {
    const {server, course, order} = this;
    const times = records.map(({timeMs}) => timeMs);
    const shownMs = Math.max(...times) - Math.min(...times) + 1;
    const nearMs = Math.min(course.near(order.window), server.endMs);
    const farMs = Math.min(course.far(order.window), server.endMs);
    const rows = (Math.abs(nearMs - farMs) / shownMs) * records.length;
    return Math.ceil(rows / Math.max(1, server.recordsPerPage)) - 1;
  }

  /** Answers do not go the way that this walk took them to go. */
  private get isAstray(): boolean {
    const expected = this.course.isNewestFirst ? -1 : 1;
    return (this.server.direction ?? expected) !== expected;
  }

  private isPast({timeMs}: AuditRecord): boolean {
    return this.course.isNearer(this.course.far(this.order.window), timeMs);
  }
}

/** The end of the log at which answers begin or end that have no bound there. */
function endAt(ms: number): Ends {
  return {isOldest: ms === -Infinity, isNewest: ms === Infinity};
}
