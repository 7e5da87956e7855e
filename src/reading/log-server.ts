import type {AuditAnswer, AuditApi, AuditQuery} from '../confluence/audit-api';
import {MOST_RECORDS} from '../confluence/page-size';
import {Bounds} from './bounds';
import {contradiction} from './contradiction';
import {NextSign} from './next-sign';
import {FEW_RECORDS, fills, PageRows} from './page-rows';
import {lengthOf, type Window} from './windows';

/** Nothing happened then, so an answer about it has nothing after it. */
const BEFORE_ALL: Window = {fromMs: 0, toMs: 1};
/** So many pages after what was shown last is looked for what hidden rows hide. */
const PAGES_AHEAD = [1, 2, 3, 4, 8, 16];
/** After so many requests in which nothing could be told for sure another way is tried. */
const MANY_WITHOUT_PROGRESS = 50;
/** So many requests in which nothing could be told for sure are no search any more but a loop. */
const MOST_WITHOUT_PROGRESS = 400;
/** So often is a record older than the one before it by no chance. */
const ENOUGH_DESCENTS = 5;

/** The server of one tenant's log, and what its answers have shown of how it has to be asked. */
export class LogServer {
  /** Numbers about all the answers so far. */
  readonly counts = {requests: 0, rows: 0};
  readonly next = new NextSign();
  readonly rows = new PageRows();
  readonly bounds = new Bounds();
  /** creationDate of the newest record that was shown, epoch ms. */
  newestMs: number | undefined;
  /** What the time is taken for, epoch ms. */
  nowMs = Infinity;
  /** The latest time that a clock could mean, epoch ms. */
  latestMs = Infinity;
  /** Answers may be taken to go by time, newest first: nothing has shown another order. */
  hasOrder = true;
  /** Pages follow each other by offset here, as far as is known. */
  hasOffsets = true;
  private sinceProgress = 0;
  /** How often a record was older than the one before it. */
  private descents = 0;

  constructor(private readonly api: AuditApi) {}

  /** Nothing later is known of, epoch ms. */
  get endMs(): number {
    return Math.max(this.nowMs, this.newestMs ?? 0);
  }

  /** A request has failed: no other is sent any more. */
  stop(): void {
    this.api.stop();
  }

  /** Many requests have told nothing for sure: it has to be asked in another way. */
  get isAtALoss(): boolean {
    return this.sinceProgress > MANY_WITHOUT_PROGRESS;
  }

  /** Something was told for sure. */
  progress(): void {
    this.sinceProgress = 0;
  }

  /** Answers were seen to go newest first, and never otherwise. */
  get isNewestFirst(): boolean {
    return this.hasOrder && this.descents >= ENOUGH_DESCENTS;
  }

  /** Whether pages can be followed by what they show, as far as is known. */
  get canFollow(): boolean {
    return this.hasOffsets && !this.rows.hasHiddenRows;
  }

  /** Whether something newer has come than was known then: other rows stand at the places of a span by now. */
  async hasNewerThan(newestMs: number | undefined, span: Window): Promise<boolean> {
    await this.ask(span, 0, FEW_RECORDS);
    return this.newestMs !== newestMs;
  }

  /** Whether something stands after a page of a span: it may have been cut, and hidden rows may stand between. */
  async goesOn(answer: AuditAnswer, span: Window, start: number): Promise<boolean> {
    const {rows, next} = this;
    const {length} = answer.page.records;
    if (await this.hasNext(answer)) {
      return true;
    }
    const isInDoubt = next.isMeaningless || (rows.hasSmallPages && !next.isRight);
    const ahead = isInDoubt ? PAGES_AHEAD.map((pages) => pages * rows.leastPage) : [];
    const isMaybeCut = this.mayBeCut(answer) || (isInDoubt && length > 0 && !rows.hasHiddenRows);
    const steps = isMaybeCut ? [length, ...ahead] : ahead;
    const answers = await Promise.all(steps.map((step) => this.ask(span, start + step)));
    return answers.some(({page}) => page.records.length > 0);
  }

  /** What to ask for so that all of a stretch of time is shown, however bounds are cut. */
  padded(window: Window): Window {
    return this.bounds.padded(window, this.endMs);
  }

  /** Whether a window cannot be cut in two that can be asked for alone. */
  isLeast(window: Window): boolean {
    const toMs = Math.min(window.toMs, Math.max(window.fromMs, this.endMs));
    return lengthOf({...window, toMs}) < 2 * this.bounds.leastMs;
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
    const {records} = answer.page;
    this.counts.rows += records.length;
    this.rows.learn(answer, limit);
    this.learnBeginning(query, records[0]?.timeMs);
    let beforeMs = records[0]?.timeMs ?? 0;
    for (const {timeMs} of records) {
      this.descents += timeMs < beforeMs ? 1 : 0;
      this.hasOrder &&= timeMs <= beforeMs;
      beforeMs = timeMs;
      this.bounds.learn(timeMs, query);
    }
    const times = records.map(({timeMs}) => timeMs);
    this.newestMs = times.length > 0 ? Math.max(this.newestMs ?? 0, ...times) : this.newestMs;
    return answer;
  }

  /** Whether an answer may have been cut: it says so, or shows as many records as any did. */
  mayBeCut(answer: AuditAnswer): boolean {
    return this.rows.isFull(answer) || this.saysMore(answer);
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
    if (!this.isNewestFirst && start === 0 && endDate === undefined) {
      this.hasOrder &&= headMs >= (this.newestMs ?? 0);
    }
  }
}
