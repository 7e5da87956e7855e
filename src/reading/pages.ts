import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import type {Course} from './course';
import type {LogServer} from './log-server';
import {Places} from './places';
import {endAt, type PagesEnd, type Query, type Shown} from './query';
import {provenBy, type Reading} from './reading';
import {areSame, countEach, unite} from './record-lists';
import {holds} from './windows';

/** So many pages may show nothing that is wanted: what a server adds by rounding bounds outwards, or rows that it leaves out. */
const MOST_PAGES_OF_OTHERS = 200;

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
  private readonly places: Places;
  private limit: number;
  /** How many pages have brought something that is wanted. */
  private useful = 0;
  /** Whether the last page has brought nothing: the next one follows it only by its place. */
  private isByPlace = false;
  /** Whether what has to be shown first was shown. */
  private isAnchored: boolean;
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
    this.places = new Places(server, query.span, query.start);
    this.limit = query.limit;
    this.isAnchored = query.anchorMs === undefined;
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
      const end = await this.takeIn(answer ?? (await this.next()), onPage);
      if (end) {
        return end;
      }
      answer = undefined;
    }
    return 'dense';
  }

  /** Asks at once for the next pages, by their offsets. */
  askAhead(pages: number): void {
    const {server, query} = this;
    const {recordsPerPage} = server;
    const step = Math.max(1, recordsPerPage - server.overlapOf(recordsPerPage));
    for (let page = 0; page < pages; page++) {
      const start = this.places.start + page * step;
      const answer = server.ask(query.span, start);
      answer.catch(() => undefined);
      this.ahead.set(start, answer);
    }
  }

  private next(): Promise<AuditAnswer> {
    const {start} = this.places;
    const answer = this.ahead.get(start) ?? this.server.ask(this.query.span, start, this.limit);
    this.ahead.delete(start);
    return answer;
  }

  /** When what stands at a place happened; undefined if nothing does. */
  async timeAt(place: number): Promise<number | undefined> {
    const {records, start = Infinity} = this.latest;
    const shown =
      records[place - start] ?? (await this.server.ask(this.query.span, place, 1)).page.records[0];
    return shown?.timeMs;
  }

  /** How many records of a page the next one shows again. */
  overlapAfter(records: readonly AuditRecord[]): number {
    return this.places.overlapAfter(records);
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
    const {server, course, query} = this;
    const {start} = this.places;
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
    const {hasNext} = answer.page;
    const shown = {records, ends, start, hasNext, place: start + records.length, limit: this.limit};
    const isFirst = this.asked++ === 0;
    const follows =
      isFirst ||
      (head !== undefined && before !== undefined && course.isNearer(head.timeMs, before.timeMs));
    if (!follows && this.places.comeNearer()) {
      return undefined;
    }
    const isByPlace = !follows && this.mayFollowByPlace(head, before);
    this.found.push(provenBy(isByPlace ? unite(this.latest.records, records) : records, ends));
    const isShown = head !== undefined && !course.isNearer(query.anchorMs!, head.timeMs);
    this.isAnchored ||= isShown;
    if (!this.isAnchored && (tail || !(await server.hasNext(answer))) && server.widen()) {
      return 'astray';
    }
    if (!tail || (before && !course.isNearer(before.timeMs, tail.timeMs))) {
      return this.turn(shown, answer, isFirst);
    }
    return follows || isByPlace || !holds(query.window, head!.timeMs)
      ? this.goOn(shown, answer, onPage)
      : this.stuckAt(before!.timeMs, head!.timeMs);
  }

  /** A page has brought something. */
  private async goOn(
    shown: Shown,
    answer: AuditAnswer,
    onPage: (answer: AuditAnswer) => PagesEnd | undefined,
  ): Promise<PagesEnd | undefined> {
    const {server, query, latest} = this;
    const {records} = shown;
    const added = this.countNew(records, latest.records.at(-1));
    // What lies beyond the window may have been cut off by a bound, and not by the server.
    if (latest.limit === MOST_RECORDS && (this.asked > 1 || added > 0)) {
      server.wasCut(latest.records.length);
    }
    if (latest.start !== undefined && added > 0) {
      server.next.learn(latest.hasNext);
    }
    await this.places.learn(latest, records);
    this.latest = shown;
    this.isByPlace = false;
    this.repeated = [];
    this.useful += added > 0 ? 1 : 0;
    this.places.stepOver(records);
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
    const [head, tail, before] = [records[0], records.at(-1), latest.records.at(-1)];
    if (this.limit < MOST_RECORDS && records.length >= this.limit) {
      this.limit = MOST_RECORDS;
      this.asked = 0;
      return undefined;
    }
    this.limit = MOST_RECORDS;
    const isRepeated = tail !== undefined && areSame(this.repeated, records);
    this.repeated = records;
    if (!head || !tail) {
      return this.stepByPlace(await server.hasNext(answer));
    }
    if (isRepeated && !server.saysMore(answer)) {
      server.failToFollow();
      return 'all';
    }
    if (isRepeated && this.isByPlace && countEach(records).size > 1) {
      return this.stuckAt(head.timeMs, tail.timeMs);
    }
    if (!isRepeated && before && this.course.isNearer(tail.timeMs, before.timeMs)) {
      // It does not even come to what is known: others stand at the places of these records.
      this.places.stepOver(records);
      return undefined;
    }
    const isOneTime = head.timeMs === tail.timeMs;
    const isOther = unite(latest.records, records).length > latest.records.length;
    const isMore = !isFirst && place > latest.place && (isOneTime || isOther);
    if (isMore && holds(query.window, tail.timeMs)) {
      return {crowdedMs: tail.timeMs};
    }
    this.latest = isFirst || isMore ? shown : latest;
    const isFull = server.isFull(answer);
    if (isFull && !isRepeated) {
      this.places.stepOver(records);
      return undefined;
    }
    return this.stepByPlace(isFull || (await server.hasNext(answer)));
  }

  /** Goes on by places alone, if more may follow. */
  private stepByPlace(mayFollow: boolean): PagesEnd | undefined {
    if (!mayFollow) {
      return 'all';
    }
    this.places.stepByPlace();
    this.isByPlace = true;
    return undefined;
  }

  /** Whether a page follows the one before though it shows nothing of it: rows that no answer shows stand between. */
  private mayFollowByPlace(
    head: AuditRecord | undefined,
    before: AuditRecord | undefined,
  ): boolean {
    return (this.isByPlace || this.server.hasHiddenRows) && head?.timeMs !== before?.timeMs;
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
