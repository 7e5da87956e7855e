import type {AuditAnswer, AuditApi, AuditQuery} from '../confluence/audit-api';
import {MOST_RECORDS} from '../confluence/page-size';
import {Bounds, isOdder, refuseFarOutside} from './bounds';
import {contradiction} from './contradiction';
import {SEAM_RECORDS} from './coverage';
import {NextSign} from './next-sign';
import type {Window} from './windows';

/** Nothing happened then, so an answer about it has nothing after it. */
const BEFORE_ALL: Window = {fromMs: 0, toMs: 1};
/** So many requests in which nothing could be told for sure are no search any more but a loop. */
const MOST_WITHOUT_PROGRESS = 400;
/** One may be chance, a record that surfaced in between. */
const MOST_FAILURES_TO_FOLLOW = 2;
/** Each look at how many rows a page has costs a request. */
const MORE_ROWS = 1.2;

/** The server of one tenant's log, and what its answers have shown of how it has to be asked. */
export class LogServer {
  /** Numbers about all the answers so far. */
  readonly counts = {requests: 0, rows: 0};
  readonly next = new NextSign();
  /** creationDate of the newest record that was shown, epoch ms. */
  newestMs: number | undefined;
  /** creationDate of a record on which no rounding of bounds would fall, if one was shown; epoch ms. */
  oddMs: number | undefined;
  /** The size of a record as it was sent, on average, in bytes. */
  bytesPerRecord = 700;
  /** What the time is taken for, epoch ms. */
  nowMs = Infinity;
  /** How all answers were ordered so far: -1 newest first, 1 oldest first, 0 neither; undefined: not seen. */
  direction: -1 | 0 | 1 | undefined;
  /** No answer has shown more records: one that shows as many may have been cut. */
  private mostShown = 0;
  /** Pages are smaller than was asked for, or not equally large: an answer of few records need not be the last. */
  hasSmallPages = false;
  /** Paging counts rows that no answer shows. */
  hasHiddenRows = false;
  /** The most rows that a page was seen to have. */
  private mostRows = 0;
  /** The most records of an answer after which there were more. */
  private mostCut = 0;
  private latestLimit = MOST_RECORDS;
  private readonly bounds = new Bounds();
  private failedToFollow = 0;
  private sinceProgress = 0;

  constructor(private readonly api: AuditApi) {}

  /** Nothing later is known of, epoch ms. */
  get endMs(): number {
    return Math.max(this.nowMs, this.newestMs ?? 0);
  }

  /** How many records a full answer shows, as far as is known. */
  get recordsPerPage(): number {
    const most = this.mostCut > 0 ? Math.max(this.mostCut, this.mostShown) : MOST_RECORDS;
    return Math.min(most, this.latestLimit);
  }

  /** So many rows at least go by with each page, even if it shows none. */
  get leastPage(): number {
    return Math.max(1, Math.min(Math.max(this.mostShown, this.mostRows), this.latestLimit));
  }

  /** Whether a page of so many rows has clearly more than is known of any. */
  wouldLearnRows(rows: number): boolean {
    return rows > MORE_ROWS * this.leastPage;
  }

  /** A page has so many rows at least, of which it shows fewer. */
  learnRows(rows: number): void {
    this.mostRows = Math.max(this.mostRows, rows);
    this.countsHiddenRows();
  }

  /** So many of a page's records the next one shows again; at least two, between which something is proven. */
  overlapOf(records: number): number {
    return Math.min(SEAM_RECORDS, Math.max(2, Math.ceil(records / 4)), Math.max(0, records - 1));
  }

  /** More was found after an answer with so many records. */
  wasCut(records: number): void {
    this.hasSmallPages ||= records < Math.max(this.mostCut, this.latestLimit);
    this.mostCut = Math.max(this.mostCut, records);
  }

  /** A request has failed: no other is sent any more. */
  stop(): void {
    this.api.stop();
  }

  /** Something was told for sure. */
  progress(): void {
    this.sinceProgress = 0;
  }

  /** Whether pages follow each other by offset here, as far as is known. */
  get hasOffsets(): boolean {
    return this.failedToFollow < MOST_FAILURES_TO_FOLLOW;
  }

  /** A page did not follow the one before. */
  failToFollow(): void {
    this.failedToFollow++;
  }

  /** Rows are counted that no answer shows: others stand at their places. */
  countsHiddenRows(): void {
    this.hasSmallPages = true;
    this.hasHiddenRows = true;
  }

  /** Bounds are cut or rounded by more than was thought. Whether it can be asked wider. */
  widen(): boolean {
    return this.bounds.widen();
  }

  /** What to ask for so that all of a stretch of time is shown, however bounds are cut. */
  padded(window: Window): Window {
    return this.bounds.padded(window, this.endMs);
  }

  /** What to ask for so that all of a millisecond is shown, and nothing that happens from now on. */
  around(timeMs: number): Window {
    return this.bounds.around(timeMs);
  }

  /** One answer about a stretch of time, counted; what it shows is learnt from. */
  async ask({fromMs, toMs}: Window, start = 0, limit = MOST_RECORDS): Promise<AuditAnswer> {
    const query = {
      ...(fromMs > -Infinity && {startDate: Math.max(0, fromMs)}),
      ...(toMs < Infinity && {endDate: toMs}),
      start,
      limit,
    };
    this.counts.requests++;
    if (++this.sinceProgress > MOST_WITHOUT_PROGRESS) {
      throw contradiction(
        fromMs,
        `${MOST_WITHOUT_PROGRESS} requests told nothing for sure; the last was ${JSON.stringify(query)}`,
      );
    }
    const answer = await this.api.getPage(query);
    const {records, bytes} = answer.page;
    this.counts.rows += records.length;
    this.mostShown = Math.max(this.mostShown, records.length);
    if (limit === MOST_RECORDS && fills(answer)) {
      this.wasCut(records.length);
    }
    this.hasSmallPages ||= (answer.page.limit ?? Infinity) < answer.limit;
    this.latestLimit = limit === MOST_RECORDS ? answer.limit : this.latestLimit;
    this.bytesPerRecord = records.length > 10 ? bytes / records.length : this.bytesPerRecord;
    this.learnBeginning(query, records[0]?.timeMs);
    let beforeMs = records[0]?.timeMs ?? 0;
    for (const {timeMs} of records) {
      const step = Math.sign(timeMs - beforeMs);
      beforeMs = timeMs;
      if (step !== 0) {
        this.direction = (this.direction ?? step) === step ? (step as -1 | 1) : 0;
      }
      this.newestMs = Math.max(this.newestMs ?? 0, timeMs);
      this.oddMs = this.oddMs === undefined || isOdder(timeMs, this.oddMs) ? timeMs : this.oddMs;
      refuseFarOutside(timeMs, query);
    }
    return answer;
  }

  /** Whether an answer may have been cut: it says so, or shows as many records as any did. */
  mayBeCut(answer: AuditAnswer): boolean {
    const {records} = answer.page;
    return (records.length > 0 && records.length >= this.mostShown) || this.saysMore(answer);
  }

  /** Whether an answer shows as many records as one may show here, so that others may come after them. */
  isFull(answer: AuditAnswer): boolean {
    const {length} = answer.page.records;
    return this.hasOffsets
      ? length >= Math.min(this.leastPage, answer.limit)
      : length >= this.recordsPerPage || this.saysMore(answer);
  }

  /** Whether an answer says of itself that more comes after it. */
  saysMore(answer: AuditAnswer): boolean {
    return fills(answer) || (answer.page.hasNext && !this.next.isMeaningless);
  }

  /** Whether an answer has a `next` that may be true: this server does not say so where nothing can follow. */
  hasNext({page}: AuditAnswer): Promise<boolean> {
    return this.next.mayBeTrue(page.hasNext, async () => {
      const {page: nothing} = await this.ask(BEFORE_ALL);
      return nothing.records.length === 0 && nothing.hasNext;
    });
  }

  /** An answer that could begin with the newest record, and begins with another, does not go newest first. */
  private learnBeginning({start, endDate}: AuditQuery, headMs = Infinity): void {
    if (this.direction === undefined && start === 0 && endDate === undefined) {
      this.direction = headMs < (this.newestMs ?? 0) ? 1 : undefined;
    }
  }
}

/** Whether an answer has as many records as were asked for, or as it says it may have. */
function fills({page: {records, limit = Infinity}, limit: asked}: AuditAnswer): boolean {
  return records.length > 0 && records.length >= Math.min(asked, limit);
}
