import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import type {Coverage} from './coverage';
import {believe, lookBeyond} from './log-end';
import type {LogServer} from './log-server';
import type {Order, Seen} from './order';
import {SEAM_RECORDS} from './page-rows';
import {Pages, type PagesEnd} from './pages';
import {keyOf} from './record-lists';

/**
 * A walk through a gap the way that answers go: page after page by offset, newest first. Each page MUST begin
 * with records that the one before has shown, and go on from there; where one does not, the window is
 * read by place. Pages are believed when they have shown all that there is between their bounds, in order:
 * where answers go by something else than time, a late record may stand after them.
 */
export class Walk {
  /** Where a record is known before the gap, which has to be shown last. */
  private readonly beforeMs: number | undefined;
  /** Nothing that is known lies before the gap. */
  private readonly isLast: boolean;
  readonly pages: Pages;
  /** The first page, if it is there already. */
  private readonly first: AuditAnswer | undefined;

  constructor(
    private readonly server: LogServer,
    private readonly coverage: Coverage,
    private readonly order: Order,
    first: AuditAnswer | undefined,
  ) {
    const {window, marginMs, overlap} = order;
    const newer = coverage.beside(window, true);
    const older = coverage.beside(window, false);
    const [after, before] = [newer?.records ?? [], older?.records ?? []];
    const anchorMs = after[Math.min(overlap, after.length) - 1]?.timeMs;
    const beforeMs = before.at(-overlap)?.timeMs ?? before[0]?.timeMs;
    const most = server.rows.recordsPerPage / 2;
    // A crowd is looked at as little as can be: what stands before it is asked for as if nothing did.
    const isCrowdBefore = before.filter(({timeMs}) => timeMs === beforeMs).length > most;
    this.beforeMs = isCrowdBefore ? undefined : beforeMs;
    this.isLast =
      this.beforeMs === undefined && (older !== undefined || coverage.isEnd(window.fromMs));
    // What is known to hold nothing is looked across.
    const toMs = anchorMs ?? (newer?.span ?? window).toMs + marginMs;
    const fromMs = beforeMs ?? (older?.span ?? window).fromMs - marginMs;
    const span = server.padded({fromMs: isCrowdBefore ? fromMs + 1 : fromMs, toMs});
    const atAnchor = after.filter(({timeMs}) => timeMs <= toMs).length;
    const query = {
      span: first && order.isBlind ? window : span,
      window,
      anchorMs,
      atAnchor,
      start: atAnchor > most ? Math.max(0, atAnchor - SEAM_RECORDS) : 0,
      mostPages: order.mostPages,
    };
    // Of an answer to more than this the first page is the same only if all of it lies here.
    const isSame = first?.page.records.every(({timeMs}) => timeMs >= query.span.fromMs);
    this.first = isSame ? first : undefined;
    this.pages = new Pages(server, query, (answer) => this.endAfter(answer));
  }

  /** Walks until all between the bounds is known, or it cannot go on. @throws Failure if requests fail */
  async run(): Promise<PagesEnd> {
    const {server, coverage, order, pages, beforeMs} = this;
    if (this.isAskedAtOnce) {
      pages.askAhead(order.pages);
    }
    const end = await pages.follow(this.first);
    const isLeft = end === 'dense' || (typeof end === 'object' && end !== order.window);
    if (isLeft && pages.wantedRecords > 0 && !this.isOnlyALook) {
      await this.confirm();
    }
    if (end !== 'all') {
      return end;
    }
    const lastMs = pages.lastMs ?? Infinity;
    if (beforeMs !== undefined && lastMs > beforeMs && (await this.findCut())) {
      return 'astray';
    }
    believe({server, coverage}, pages.found);
    const isAlone = pages.latest.length === 0 && pages.query.anchorMs === undefined && order.isCut;
    return this.isLast && !isAlone && coverage.gapsIn(order.window).length > 0
      ? lookBeyond({server, coverage, pages})
      : end;
  }

  /** A record that is known to come last was not shown: its page was cut, or bounds are. Whether that can be mended. */
  private async findCut(): Promise<boolean> {
    const {server, pages} = this;
    const {length} = pages.latest;
    const lastMs = pages.lastMs ?? -Infinity;
    const {page} = await server.ask(pages.query.span, pages.latestStart + length);
    if (!page.records.some(({timeMs}) => timeMs < lastMs)) {
      return server.bounds.widen();
    }
    server.rows.wasCut(length);
    return true;
  }

  /** What its pages have shown, together with others of other times. */
  get shown(): (readonly AuditRecord[])[] {
    return this.pages.found.flatMap(({records, edges}) => [records, edges]);
  }

  /** How much of the gap was shown, at least. */
  get seen(): Seen {
    const {coverage, order, pages} = this;
    const {window} = order;
    const lastMs = pages.lastMs ?? -Infinity;
    const isWhole =
      lastMs < window.fromMs || pages.wantedRecords === 0 || coverage.gapsIn(window).length === 0;
    const fromMs = isWhole ? window.fromMs : lastMs;
    return {window: {fromMs, toMs: window.toMs}, count: pages.wantedRecords};
  }

  /** Whether a page was the last one. After the first one the others that are expected are asked for at once. */
  private endAfter(answer: AuditAnswer): PagesEnd | undefined {
    const {server, order, pages} = this;
    const {records} = answer.page;
    if (!server.saysMore(answer) && records.length < server.rows.recordsPerPage) {
      return 'all';
    }
    if (pages.shownPages > 1 || this.isAskedAtOnce) {
      return undefined;
    }
    const left = this.pagesAfter(records);
    if (order.isBlind && left >= order.mostPages) {
      return 'dense';
    }
    pages.askAhead(order.isBlind ? left : Math.min(left, order.pages - 1));
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

  private get isAskedAtOnce(): boolean {
    return this.order.isTrusted && this.order.pages > 1 && !this.first;
  }

  /** It was left after its first page, which only showed how close together records lie. */
  private get isOnlyALook(): boolean {
    return this.order.isBlind && this.pages.shownPages === 1;
  }

  /** Asks whether nothing else lies between where a walk began and its last record: then its pages are believed. */
  private async confirm(): Promise<void> {
    const {server, coverage, pages} = this;
    const {latest, latestStart, query, found} = pages;
    const lastMs = pages.lastMs!;
    const before = latest.filter(({timeMs}) => timeMs !== lastMs).length;
    const {fromMs} = server.padded({fromMs: lastMs + 1, toMs: Infinity});
    const start = Math.max(0, latestStart + before - server.rows.overlapOf(latest.length));
    const span = {fromMs, toMs: query.span.toMs};
    const answer = await server.ask(span, start);
    const {records} = answer.page;
    const isTold = server.isNewestFirst && records.length > 0;
    if (!isTold && (await server.goesOn(answer, span, start))) {
      return;
    }
    const known = new Set(this.shown.flat().map(keyOf));
    coverage.note(records);
    const isShown = records.length > 0 || latestStart + before === 0 || !server.bounds.widen();
    if (isShown && records.every((each) => each.timeMs <= lastMs || known.has(keyOf(each)))) {
      believe({server, coverage}, found);
    }
  }
}
