import {Failure} from '../errors';
import {following, oldestFirst, type Reading, recordsIn} from '../stream/seams';
import {lengthOf, type Window} from '../stream/windows';
import type {AuditAnswer, AuditApi, AuditQuery} from './audit-api';
import {readMillisecond} from './crowded-millisecond';
import type {AuditPage, AuditRecord} from './page';

/** The API's own maximum and default (developer.atlassian.com/cloud/confluence/rest/v1/api-group-audit). */
const PAGE_LIMIT = 1000;
/** So many records of one page the next one shows again: enough to see that it follows. */
const OVERLAP = 8;
/** A window of more pages is cut: it would be long in memory, and its checkpoint far away. */
export const MOST_PAGES = 10;
/** Rows that a server adds by rounding bounds outwards cannot be avoided by shorter windows. */
const MOST_PAGES_OF_OTHERS = 200;
/** By how much a bound may be cut or rounded, ms: not at all but for its own millisecond, a second, a minute, a day. */
const ROUNDINGS_MS = [1, 1000, 60_000, 86_400_000];
/** Nothing happened then, so an answer about it has nothing after it. */
const BEFORE_ALL: Window = {fromMs: 0, toMs: 1};
const MOST_DOUBTS = 8;

/** What answers showed of a window that could not be read as a whole, in the order of the server. */
export interface Cut {
  readonly shown: readonly AuditRecord[];
}

/** How a stretch is to be read. */
export interface ReadWishes {
  /** The first answer, if that is there already. */
  readonly first?: AuditAnswer | undefined;
  /** No window lies before it, so the reading itself has to show what lies there. */
  readonly isOldest?: boolean;
}

/**
 * Reads stretches of one tenant's log, and learns on the way how this server is to be asked. A
 * stretch is read by pages that follow each other by offset; whether the reading is believed beyond
 * that is for the seams.
 */
export class WindowReader {
  /** Numbers about all the answers so far. */
  readonly counts = {requests: 0, rows: 0, replaced: 0};
  /** creationDate of the newest record that was shown, epoch ms. */
  newestMs: number | undefined;
  /** The size of a record as it was sent, on average, in bytes. */
  bytesPerRecord = 700;
  /** No answer has shown more records: one that shows as many may have been cut. */
  private mostShown = 0;
  private latestLimit = PAGE_LIMIT;
  private rounding = 0;
  /** `_links.next` was seen where nothing can follow: it says nothing here. */
  private isNextMeaningless = false;
  private doubts = 0;

  /** @param nowMs epoch ms; a bound after it is not sent, since what servers make of one is not known */
  constructor(
    private readonly api: AuditApi,
    public nowMs = Infinity,
  ) {}

  /** How many records a full answer shows. */
  get recordsPerPage(): number {
    return Math.min(this.mostShown || PAGE_LIMIT, this.latestLimit);
  }

  /** Bounds are cut or rounded by more than was thought: asks wider from now on. Whether that is possible. */
  widen(): boolean {
    const canWiden = this.rounding < ROUNDINGS_MS.length - 1;
    this.rounding += canWiden ? 1 : 0;
    return canWiden;
  }

  /** One answer about a stretch. */
  ask(span: Window, start = 0, limit = PAGE_LIMIT): Promise<AuditAnswer> {
    return this.getPage({...this.bounds(span), start, limit});
  }

  /**
   * Reads a stretch. A single millisecond is never cut.
   */
  async read(span: Window, wishes: ReadWishes = {}): Promise<Reading | Cut> {
    const reading = await this.readPages(span, wishes);
    return 'shown' in reading && lengthOf(span) === 1 ? this.readCrowded(span) : reading;
  }

  private async readPages(
    span: Window,
    {first, isOldest = false}: ReadWishes,
  ): Promise<Reading | Cut> {
    const shown: AuditRecord[] = [];
    let limit = PAGE_LIMIT;
    const ahead = new Map([[0, first && Promise.resolve(first)]]);
    for (let page = 0; page < this.mostPages(shown, span); page++) {
      const overlap = Math.min(OVERLAP, this.recordsPerPage - 1, shown.length);
      const start = shown.length - overlap;
      const within = isOldest && page > 0 ? {...span, fromMs: -Infinity} : span;
      const answer = await (ahead.get(start) ?? this.ask(within, start, limit));
      const added = following(shown, overlap, answer.page.records);
      if (!added) {
        return isOldest ? this.readPages(span, {first: await ahead.get(0)}) : {shown};
      }
      shown.push(...added);
      const isBefore = isOldest && page > 0 && added.some(({timeMs}) => timeMs < span.fromMs);
      const next = isBefore ? 'nothing' : await this.whatFollows(answer, added.length);
      if (next === 'nothing' && (!isOldest || page > 0)) {
        const total = shown.length;
        return {span, records: recordsIn(oldestFirst(shown), span), total, isOldest};
      }
      if (next === 'unclear') {
        return {shown};
      }
      limit = PAGE_LIMIT;
      if (page === 0) {
        ahead.set(0, Promise.resolve(answer));
        const saysMore = this.saysMore(answer);
        const pages = saysMore ? this.pagesIn(answer.page, span) : 1;
        limit = saysMore ? PAGE_LIMIT : 2 * OVERLAP;
        if (pages > 1.5 * MOST_PAGES) {
          return {shown};
        }
        this.askAhead(ahead, pages, isOldest ? {...span, fromMs: -Infinity} : span);
      }
    }
    return {shown};
  }

  /** Asks for pages at once that will be needed, by their offsets. */
  private askAhead(
    ahead: Map<number, Promise<AuditAnswer> | undefined>,
    pages: number,
    span: Window,
  ): void {
    const step = this.recordsPerPage - Math.min(OVERLAP, this.recordsPerPage - 1);
    for (let page = 1; page < Math.min(pages, MOST_PAGES); page++) {
      const answer = this.ask(span, page * step);
      answer.catch(() => undefined);
      ahead.set(page * step, answer);
    }
  }

  /** How many pages a stretch takes if its records lie as close together as on its first page. */
  private pagesIn({records}: AuditPage, {fromMs, toMs}: Window): number {
    const times = records.map(({timeMs}) => timeMs);
    const shownMs = Math.max(...times) - Math.min(...times) + 1;
    const spanMs = Math.max(shownMs, Math.min(toMs, this.nowMs) - Math.max(fromMs, 0));
    return Math.ceil(((spanMs / shownMs) * records.length) / this.recordsPerPage);
  }

  private mostPages(shown: readonly AuditRecord[], span: Window): number {
    const outside = shown.filter(({timeMs}) => timeMs < span.fromMs || timeMs > span.toMs).length;
    return 2 * outside > shown.length ? MOST_PAGES_OF_OTHERS : MOST_PAGES;
  }

  /** Whether more comes after a page, as far as an answer lets one know. */
  private async whatFollows(
    answer: AuditAnswer,
    added: number,
  ): Promise<'nothing' | 'more' | 'unclear'> {
    const {records, hasNext} = answer.page;
    const mayBeCut = records.length >= this.mostShown;
    if (added > 0 && (mayBeCut || this.saysMore(answer))) {
      return 'more';
    }
    return !hasNext || (await this.isNextWrong()) ? 'nothing' : 'unclear';
  }

  /** Whether this server says that more follows where nothing can. */
  private async isNextWrong(): Promise<boolean> {
    if (!this.isNextMeaningless && this.doubts < MOST_DOUBTS) {
      this.doubts++;
      const {page} = await this.ask(BEFORE_ALL);
      this.isNextMeaningless = page.records.length === 0 && page.hasNext;
    }
    return this.isNextMeaningless;
  }

  private async readCrowded(span: Window): Promise<Reading> {
    const records = await readMillisecond(span.fromMs, async (start, limit) => {
      const answer = await this.ask(span, start, limit);
      return {records: answer.page.records, saysMore: this.saysMore(answer)};
    });
    return {span, records, total: records.length, isOldest: false};
  }

  /** Whether an answer says of itself that more comes after it. */
  private saysMore({page: {records, hasNext, limit}, limit: asked}: AuditAnswer): boolean {
    const isFull = records.length > 0 && records.length >= Math.min(asked, limit ?? Infinity);
    return isFull || (hasNext && !this.isNextMeaningless);
  }

  /** One request, counted; what it shows is learnt from. */
  private async getPage(query: AuditQuery): Promise<AuditAnswer> {
    this.counts.requests++;
    const answer = await this.api.getPage(query);
    const {records, bytes, replaced} = answer.page;
    const {length} = records;
    this.counts.rows += length;
    this.counts.replaced += replaced;
    this.mostShown = Math.max(this.mostShown, length);
    this.latestLimit = query.limit === PAGE_LIMIT ? answer.limit : this.latestLimit;
    this.bytesPerRecord = length > 10 ? bytes / length : this.bytesPerRecord;
    for (const {timeMs} of records) {
      this.newestMs = Math.max(this.newestMs ?? 0, timeMs);
      refuseFarOutside(timeMs, query);
    }
    return answer;
  }

  private bounds({fromMs, toMs}: Window): {startDate?: number; endDate?: number} {
    const margin = ROUNDINGS_MS[this.rounding]!;
    return {
      ...(fromMs > -Infinity && {startDate: Math.max(0, fromMs - margin)}),
      ...(toMs + margin < this.nowMs && {endDate: toMs + margin}),
    };
  }
}

/** @throws Failure if a record lies so far outside that no rounding of bounds explains it */
function refuseFarOutside(timeMs: number, {startDate, endDate}: AuditQuery): void {
  const mostMs = 2 * ROUNDINGS_MS.at(-1)!;
  if (timeMs < (startDate ?? 0) - mostMs || timeMs > (endDate ?? Infinity) + mostMs) {
    throw new Failure(
      'unexpected',
      'Confluence showed audit records of another time than was asked for, so its answers cannot be trusted. If that goes on, report it to Atlassian support.',
      {detail: `asked for ${startDate} to ${endDate}, got a record of ${timeMs}`},
    );
  }
}
