import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import type {Coverage} from './coverage';
import {SEAM_RECORDS} from './page-rows';
import type {LogServer} from './log-server';
import type {Order, Seen} from './order';
import {believe, lookBeyond} from './log-end';
import {Pages} from './pages';
import {knownBefore, type PagesEnd} from './query';
import {holds} from './windows';

/**
 * A walk through a gap the way that answers go. Its pages are believed when they have shown all that
 * there is between its bounds, in order: where answers go by something else than time, a late record
 * may stand after them.
 */
export class Walk {
  /** Where a record is known before the gap, which has to be shown last. */
  private readonly beforeMs: number | undefined;
  /** Nothing that is known lies before the gap. */
  private readonly isLast: boolean;
  private readonly pages: Pages;

  constructor(
    private readonly server: LogServer,
    private readonly coverage: Coverage,
    private readonly order: Order,
    private readonly first: AuditAnswer | undefined,
  ) {
    const {window, marginMs, overlap, mostPages} = order;
    const newer = coverage.beside(window, true);
    const older = coverage.beside(window, false);
    const known = newer?.records ?? [];
    const anchor = known[Math.min(overlap, known.length) - 1];
    this.beforeMs = older?.records.at(-overlap)?.timeMs ?? older?.records[0]?.timeMs;
    this.isLast =
      this.beforeMs === undefined && (older !== undefined || coverage.isEnd(window.fromMs));
    // What is known to hold nothing is looked across.
    const toMs = anchor?.timeMs ?? (newer?.span ?? window).toMs + marginMs;
    const fromMs = this.beforeMs ?? (older?.span ?? window).fromMs - marginMs;
    const span = first && order.isBlind ? window : server.padded({fromMs, toMs});
    const atAnchor = known.filter(({timeMs}) => timeMs <= toMs);
    const atBefore = older?.records.filter(({timeMs}) => timeMs === this.beforeMs) ?? [];
    const isCrowd = atAnchor.length > server.rows.recordsPerPage / 2;
    const query = {
      span,
      window,
      start: isCrowd ? Math.max(0, atAnchor.length - SEAM_RECORDS) : 0,
      atAnchor: isCrowd ? atAnchor.length : Infinity,
      limit: MOST_RECORDS,
      anchorMs: anchor?.timeMs,
      before: {timeMs: this.beforeMs, count: atBefore.length},
      mostPages,
    };
    this.pages = new Pages(server, query, knownBefore(known.slice(0, 1)), (answer) =>
      this.endAfter(answer),
    );
  }

  /** Walks until all between the bounds is known, or it cannot go on. @throws Failure if requests fail */
  async run(): Promise<PagesEnd> {
    const {server, coverage, order, pages} = this;
    if (!this.first && order.pages > 1) {
      pages.places.askAhead(order.pages);
    }
    const end = await pages.follow(this.first);
    if (
      end === 'dense' &&
      server.canFollow &&
      pages.latest.records.length > 0 &&
      !this.isOnlyALook
    ) {
      await this.confirm();
    }
    if (end !== 'all') {
      return end;
    }
    const lastMs = pages.latest.records.at(-1)?.timeMs;
    const isCutShort =
      this.beforeMs !== undefined && (lastMs === undefined || lastMs > this.beforeMs);
    if (isCutShort && server.bounds.widen()) {
      return 'astray';
    }
    believe({server, coverage}, pages.found);
    const isAlone =
      pages.latest.records.length === 0 && pages.query.anchorMs === undefined && order.isCut;
    return this.isLast && !isAlone && coverage.gapsIn(order.window).length > 0
      ? lookBeyond({server, coverage, window: order.window}, pages)
      : end;
  }

  /** What its pages have shown, together with others of other times. */
  get shown(): (readonly AuditRecord[])[] {
    return this.pages.found.flatMap(({records, edges}) => [records, edges]);
  }

  /** How much of the gap was shown, at least. */
  get seen(): Seen {
    const {coverage, order, pages} = this;
    const {window} = order;
    const lastMs = pages.latest.records.at(-1)?.timeMs;
    const isPast = lastMs === undefined || lastMs < window.fromMs;
    const isWhole = isPast || pages.wantedRecords === 0 || coverage.gapsIn(window).length === 0;
    const fromMs = isWhole ? window.fromMs : lastMs;
    return {window: {fromMs, toMs: window.toMs}, count: pages.wantedRecords};
  }

  /** The times between which `records` of the gap lie each, nearest first. */
  async measure(records: number): Promise<number[]> {
    const {order, pages} = this;
    const times: number[] = [];
    for (let start = records; ; start += records) {
      const timeMs = await pages.places.timeAt(start, pages.latest);
      const isNext =
        timeMs !== undefined &&
        holds(order.window, timeMs) &&
        (times.length === 0 || timeMs < times.at(-1)!);
      if (!isNext) {
        return times;
      }
      times.push(timeMs);
    }
  }

  /** Whether a page was the last one; after a first one of which nothing was known, asks for the others at once. */
  private endAfter(answer: AuditAnswer): PagesEnd | undefined {
    const {server, order, pages} = this;
    const {records} = answer.page;
    if (!server.saysMore(answer) && records.length < server.rows.recordsPerPage) {
      return 'all';
    }
    if (pages.shownPages > 1 || !(this.first || order.isBlind)) {
      return undefined;
    }
    const left = order.isBlind ? this.pagesAfter(records) : order.pages - 1;
    if (order.isBlind && left >= order.mostPages) {
      return 'dense';
    }
    pages.places.askAhead(left);
    return undefined;
  }

  /** How many pages come after this first one, if records lie as close together everywhere. */
  private pagesAfter(records: readonly AuditRecord[]): number {
    const {server, order} = this;
    const times = records.map(({timeMs}) => timeMs);
    const shownMs = Math.max(...times) - Math.min(...times) + 1;
    const wholeMs = Math.min(order.window.toMs, server.endMs) - order.window.fromMs;
    return Math.floor(((wholeMs / shownMs) * records.length) / server.rows.recordsPerPage) - 1;
  }

  /** It was left after its first page, which only showed how close together records lie. */
  private get isOnlyALook(): boolean {
    return this.order.isBlind && this.pages.shownPages === 1;
  }

  /** Asks whether nothing else lies between where a walk began and its last record: then its pages are believed. */
  private async confirm(): Promise<void> {
    const {server, coverage, pages} = this;
    const {records, place} = pages.latest;
    const lastMs = records.at(-1)!.timeMs;
    const last = records.filter(({timeMs}) => timeMs === lastMs).length;
    const again = server.rows.overlapOf(records.length);
    const {fromMs} = server.padded({fromMs: lastMs + 1, toMs: Infinity});
    const span = {fromMs, toMs: pages.query.span.toMs};
    const answer = await server.ask(span, Math.max(0, place - last - again));
    if (answer.page.records.length > 0 || !server.bounds.widen()) {
      believe({server, coverage}, pages.found);
    }
  }
}
