import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import {provenBy, type Reading} from './reading';
import {areSame} from './record-lists';
import {holds, type Window} from './windows';

/** So many pages may show nothing that is wanted: what a server adds by rounding bounds outwards. */
const MOST_PAGES_OF_OTHERS = 200;

/** What is asked for, page by page. */
export interface Query {
  /** What is sent. */
  readonly span: Window;
  /** What is wanted of it. */
  readonly window: Window;
  /** A record is known here, so it has to be shown first. */
  readonly anchorMs: number | undefined;
  /** So many records that are known stand there or right before it. */
  readonly atAnchor: number;
  /** Where the first page starts: amid them, if they are a crowd. */
  readonly start: number;
  /** After so many pages of what is wanted it is left for now. */
  readonly mostPages: number;
}

/**
 * How following a query ended: all of it was shown; more is there than expected; it has to be begun anew, since
 * answers go another way, or bounds have to be asked wider; or a window has to be read by place.
 */
export type PagesEnd = 'all' | 'dense' | 'astray' | Window;

/**
 * The pages of a query by offset, newest first. Each MUST begin with records that the one before has shown, and
 * go on from there; else the window is to be read by place. Whether what they prove is believed the walk says.
 */
export class Pages {
  readonly found: Reading[] = [];
  /** The latest page that brought something, and where it starts. */
  latest: readonly AuditRecord[] = [];
  latestStart = 0;
  wantedRecords = 0;
  shownPages = 0;
  private latestHasNext = false;
  private usefulPages = 0;
  private start: number;
  /** What was asked for before it was needed, by where it starts. */
  private readonly ahead = new Map<number, Promise<AuditAnswer>>();

  /** @param endAfter is told of each page that brought something; the end that it returns is the end */
  constructor(
    private readonly server: LogServer,
    readonly query: Query,
    private readonly endAfter: (answer: AuditAnswer) => PagesEnd | undefined,
  ) {
    this.start = query.start;
  }

  /** When the last record that was shown happened; undefined before there is one. */
  get lastMs(): number | undefined {
    return this.latest.at(-1)?.timeMs;
  }

  /** Asks at once for the next pages. */
  askAhead(pages: number): void {
    const {server, query} = this;
    const {recordsPerPage} = server.rows;
    const step = Math.max(1, recordsPerPage - server.rows.overlapOf(recordsPerPage));
    for (let page = 0; page < pages; page++) {
      const start = this.start + page * step;
      const answer = server.ask(query.span, start);
      answer.catch(() => undefined);
      this.ahead.set(start, answer);
    }
  }

  /**
   * Follows the query.
   * @param first its first answer, if that is there already
   * @throws Failure if requests fail
   */
  async follow(first?: AuditAnswer): Promise<PagesEnd> {
    const {server, query, ahead} = this;
    for (let others = 0; others < MOST_PAGES_OF_OTHERS; others++) {
      const known = others === 0 ? first : undefined;
      const answer = known ?? (await (ahead.get(this.start) ?? server.ask(query.span, this.start)));
      ahead.delete(this.start);
      const end = await this.takeIn(answer);
      if (end) {
        return end;
      }
    }
    return 'dense';
  }

  /** Takes in a page, and decides where the next one starts. @returns how it ends, if it does */
  private async takeIn(answer: AuditAnswer): Promise<PagesEnd | undefined> {
    const {server, query, latest} = this;
    const {window, span, anchorMs = -Infinity} = query;
    const {records} = answer.page;
    // More of that time than are known would stand amid others.
    if (
      query.start > 0 &&
      records.some(({timeMs}, i) => timeMs === anchorMs && this.start + i >= query.atAnchor)
    ) {
      server.hasOrder = false;
    }
    if (!server.hasOrder) {
      return 'astray';
    }
    const [headMs = -Infinity, tailMs = -Infinity] = [records[0]?.timeMs, records.at(-1)?.timeMs];
    const lastMs = this.lastMs ?? Infinity;
    this.shownPages++;
    this.found.push(provenBy(records, {isNewest: this.start === 0 && span.toMs === Infinity}));
    if (records.length === 0 && (await server.hasNext(answer))) {
      return window;
    }
    if (this.shownPages === 1 && headMs < anchorMs && server.bounds.widen()) {
      return 'astray';
    }
    if (records.length === 0) {
      return 'all';
    }
    if (headMs <= lastMs && latest.length > 0 && holds(window, headMs)) {
      return headMs === lastMs ? {fromMs: headMs, toMs: headMs} : window;
    }
    return tailMs < lastMs ? this.goOn(answer) : this.turn(answer);
  }

  /** A page has brought something. */
  private goOn(answer: AuditAnswer): PagesEnd | undefined {
    const {server, query, latest} = this;
    const {records, hasNext} = answer.page;
    const lastMs = this.lastMs ?? Infinity;
    const isNew = ({timeMs}: AuditRecord): boolean =>
      timeMs < lastMs && holds(query.window, timeMs);
    const added = records.filter(isNew).length;
    this.wantedRecords += added;
    this.usefulPages += added > 0 ? 1 : 0;
    if (latest.length > 0) {
      server.rows.wasCut(latest.length);
      if (added > 0) {
        server.next.learn(this.latestHasNext);
      }
    }
    this.latest = records;
    this.latestStart = this.start;
    this.latestHasNext = hasNext;
    this.stepOver(records);
    return this.endAfter(answer) ?? (this.usefulPages >= query.mostPages ? 'dense' : undefined);
  }

  /** A page has brought nothing that happened after what was shown: that was all, or pages get no farther. */
  private async turn(answer: AuditAnswer): Promise<PagesEnd | undefined> {
    const {server, query, latest} = this;
    const {records} = answer.page;
    if (!server.rows.isFull(answer)) {
      return (await server.hasNext(answer)) ? query.window : 'all';
    }
    const [headMs, tailMs] = [records[0]!.timeMs, records.at(-1)!.timeMs];
    if (headMs !== tailMs && areSame(records, latest)) {
      return query.window;
    }
    if (tailMs === this.lastMs) {
      if (holds(query.window, tailMs)) {
        return {fromMs: tailMs, toMs: tailMs};
      }
      this.latest = records;
      this.latestStart = this.start;
    }
    // Others are on the way, or what is recorded meanwhile stands before it.
    this.stepOver(records);
    return undefined;
  }

  /** The next page begins with some records of this one, and goes on by one at least. */
  private stepOver(records: readonly AuditRecord[]): void {
    this.start += Math.max(1, records.length - this.server.rows.overlapAfter(records));
  }
}
