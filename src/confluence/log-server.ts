import {Failure} from '../errors';
import type {Window} from '../stream/windows';
import type {AuditAnswer, AuditApi, AuditQuery} from './audit-api';
import {MOST_RECORDS} from './page-size';

/** By how much a bound may be cut or rounded, ms: its own millisecond, a second, a minute, a day. */
const ROUNDINGS_MS = [1, 1000, 60_000, 86_400_000];
/** Nothing happened then, so an answer about it has nothing after it. */
const BEFORE_ALL: Window = {fromMs: 0, toMs: 1};
/** How often a server is asked about that: one that says so now and then must be caught at it. */
const MOST_DOUBTS = 8;

/** So many requests in which nothing could be told for sure are no search any more but a loop. */
const MOST_WITHOUT_PROGRESS = 2000;
/** One may be chance, a record that surfaced in between. */
const MOST_FAILURES_TO_FOLLOW = 2;

/** The server of one tenant's log, and what its answers have shown of how it has to be asked. */
export class LogServer {
  /** Numbers about all the answers so far. */
  readonly counts = {requests: 0, rows: 0, replaced: 0};
  /** creationDate of the newest record that was shown, epoch ms. */
  newestMs: number | undefined;
  /** The size of a record as it was sent, on average, in bytes. */
  bytesPerRecord = 700;
  /** Epoch ms; a bound after it is not sent, since what servers make of one is not known. */
  nowMs = Infinity;
  /** How all answers were ordered so far: -1 newest first, 1 oldest first, 0 neither; undefined: not seen. */
  direction: -1 | 0 | 1 | undefined;
  /** No answer has shown more records: one that shows as many may have been cut. */
  private mostShown = 0;
  private latestLimit = MOST_RECORDS;
  private rounding = 0;
  /** `_links.next` was seen where nothing can follow: it says nothing here. */
  private isNextMeaningless = false;
  private doubts = 0;
  private failedToFollow = 0;
  private sinceProgress = 0;

  constructor(private readonly api: AuditApi) {}

  /** How many records a full answer shows. */
  get recordsPerPage(): number {
    return Math.min(this.mostShown || MOST_RECORDS, this.latestLimit);
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

  /** Bounds are cut or rounded by more than was thought: asks wider from now on. Whether that is possible. */
  widen(): boolean {
    const canWiden = this.rounding < ROUNDINGS_MS.length - 1;
    this.rounding += canWiden ? 1 : 0;
    return canWiden;
  }

  /** One answer about a stretch of time, counted; what it shows is learnt from. */
  async ask(span: Window, start = 0, limit = MOST_RECORDS): Promise<AuditAnswer> {
    const query = {...this.bounds(span), start, limit};
    this.counts.requests++;
    if (++this.sinceProgress > MOST_WITHOUT_PROGRESS) {
      throw new Failure(
        'unexpected',
        "Confluence's answers contradict each other, however they are asked for: nothing could be told for sure from the last 2,000 answers. Try again; if that goes on, report it to Atlassian support.",
        {detail: `last asked for ${JSON.stringify(query)}`},
      );
    }
    const answer = await this.api.getPage(query);
    const {records, bytes, replaced} = answer.page;
    this.counts.rows += records.length;
    this.counts.replaced += replaced;
    this.mostShown = Math.max(this.mostShown, records.length);
    this.latestLimit = limit === MOST_RECORDS ? answer.limit : this.latestLimit;
    this.bytesPerRecord = records.length > 10 ? bytes / records.length : this.bytesPerRecord;
    for (const [i, {timeMs}] of records.entries()) {
      const step = i === 0 ? 0 : Math.sign(timeMs - records[i - 1]!.timeMs);
      if (step !== 0) {
        this.direction = (this.direction ?? step) === step ? (step as -1 | 1) : 0;
      }
      this.newestMs = Math.max(this.newestMs ?? 0, timeMs);
      refuseFarOutside(timeMs, query);
    }
    return answer;
  }

  /**
   * Whether more comes after a page, as far as an answer lets one know.
   * @param added how many records it added to the pages before it
   */
  async whatFollows(answer: AuditAnswer, added: number): Promise<'nothing' | 'more' | 'unclear'> {
    const {records, hasNext} = answer.page;
    // Where there is no order, nothing but its own word tells that an answer was cut.
    const mayBeCut = this.direction !== 0 && records.length >= this.mostShown;
    if (added > 0 && (mayBeCut || this.saysMore(answer))) {
      return 'more';
    }
    return !hasNext || (await this.isNextWrong()) ? 'nothing' : 'unclear';
  }

  /** Whether an answer says of itself that more comes after it. */
  saysMore({page: {records, hasNext, limit}, limit: asked}: AuditAnswer): boolean {
    const isFull = records.length > 0 && records.length >= Math.min(asked, limit ?? Infinity);
    return isFull || (hasNext && !this.isNextMeaningless);
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
