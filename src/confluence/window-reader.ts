import {following, keyOf, oldestFirst, type Reading, recordsIn} from '../stream/seams';
import {holds, lengthOf, type Window} from '../stream/windows';
import type {AuditAnswer} from './audit-api';
import {readCrowded} from './crowded-millisecond';
import type {LogServer} from './log-server';
import type {AuditPage, AuditRecord} from './page';

/** So many records of one page the next one shows again: enough to see that it follows. */
const OVERLAP = 8;
/** But no more than this part of a page. */
const OVERLAP_SHARE = 4;
/** A window of more pages is cut: it would be long in memory. */
const MOST_PAGES = 12;
/** Of a longer one an end of so many pages is counted out, to be read at once. */
export const COUNTED_PAGES = 10;
/** By so much more pages than expected a window is taken to be uneven. */
const PATIENCE = 1.5;
/** Rows that a server adds by rounding bounds outwards cannot be avoided by shorter windows. */
const MOST_PAGES_OF_OTHERS = 200;

/** What answers showed of a stretch that could not be read as a whole. */
export interface Cut {
  /** In the order of the server. */
  readonly shown: readonly AuditRecord[];
  /** An end of it that can be read at once, if one is known. */
  readonly counted?: Counted | undefined;
  /** The millisecond at which pages did not follow, epoch ms: it may hold more than a page. */
  readonly stuckMs?: number | undefined;
}

/** One end of a stretch, which holds about as many records as may be read at once. */
export interface Counted {
  readonly span: Window;
  /** How far one has to look beyond where it was cut off to see some records, ms. */
  readonly marginMs: number;
}

/** How a stretch is to be read. */
export interface ReadWishes {
  /** The first answer, if that is there already. */
  readonly first?: AuditAnswer | undefined;
  /** No window lies before it, so the reading itself has to show what lies there. */
  readonly isOldest?: boolean;
  /** It was counted out: all pages that may be read of a stretch are needed. */
  readonly isCounted?: boolean;
}

/**
 * Reads stretches of the log by pages that follow each other by offset. Whether a reading is believed
 * beyond that is for the seams.
 */
export class WindowReader {
  constructor(readonly server: LogServer) {}

  /**
   * Reads a stretch. A single millisecond is never cut; nor is one beside which a millisecond holds
   * more than a page, which no bounds can keep out.
   * @param window the part of it that matters, and that alone is read if need be
   * @throws Failure if requests fail, or what is crowded cannot be read
   */
  async read(span: Window, wishes: ReadWishes = {}, window = span): Promise<Reading | Cut> {
    const reading = await this.readPages(span, wishes);
    if (!('shown' in reading)) {
      return reading;
    }
    const isBare = window.fromMs - span.fromMs <= 1 && !(span.toMs - window.toMs > 1);
    const isCrowded = isBare && !isIn(reading.shown, window);
    return isCrowded || lengthOf(window) === 1 ? this.readCrowded(window) : reading;
  }

  /** Reads a short stretch, however crowded it is. @throws Failure as `read` */
  async readSurely(span: Window): Promise<Reading> {
    const reading = await this.readPages(span, {});
    return 'shown' in reading ? this.readCrowded(span) : reading;
  }

  /**
   * The pages of a stretch. From the second one on, the oldest stretch is asked for without a lower
   * bound: it is whole when records from before it show up after its own.
   */
  private async readPages(
    span: Window,
    {first, isOldest = false, isCounted = false}: ReadWishes,
  ): Promise<Reading | Cut> {
    const {server} = this;
    const answer = first ?? (await server.ask(span));
    const shown = [...answer.page.records];
    const saysMore = server.saysMore(answer);
    const expected = isCounted ? COUNTED_PAGES : saysMore ? this.pagesIn(answer.page, span) : 1;
    const rest = isOldest ? {...span, fromMs: -Infinity} : span;
    let next = await server.whatFollows(answer, shown.length);
    const isLong = expected > MOST_PAGES || this.isMostlyOutside(shown, span);
    const end = expected > MOST_PAGES && isIn(shown, span) ? await this.countOut(rest) : undefined;
    if (end) {
      return {shown, counted: end};
    }
    const ahead = this.askAhead(rest, isLong ? 1 : expected);
    const known = new Set(shown.map(keyOf));
    let limit = saysMore || !isOldest ? undefined : 2 * OVERLAP;
    for (let pages = 1; next === 'more' || (isOldest && next === 'nothing'); pages++) {
      if (!isLong && pages === Math.ceil(PATIENCE * expected) + 1) {
        const counted = await this.countOut(rest);
        if (counted) {
          return {shown, counted};
        }
      }
      if (pages === (this.isMostlyOutside(shown, span) ? MOST_PAGES_OF_OTHERS : MOST_PAGES)) {
        const beyond = shown.slice(COUNTED_PAGES * server.recordsPerPage);
        return {shown, counted: this.endBefore(beyond, span)};
      }
      const overlap = Math.min(this.overlap, shown.length);
      const start = shown.length - overlap;
      const later = await (ahead.get(start) ?? server.ask(rest, start, limit));
      const added = following(known, overlap, later.page.records);
      if (!added) {
        server.failToFollow();
        const stuckMs = server.direction === 0 ? undefined : shown.at(-1)!.timeMs;
        return isOldest ? this.readWithout(span, answer, later.page) : {shown, stuckMs};
      }
      const isMissed = pages === 1 && next === 'nothing' && isIn(added, span);
      if (isMissed && server.widen()) {
        return this.readPages(span, {isOldest});
      }
      shown.push(...added);
      added.forEach((record) => known.add(keyOf(record)));
      limit = undefined;
      next = await server.whatFollows(later, added.length);
      if (isOldest && (next === 'nothing' || added.some(({timeMs}) => timeMs < span.fromMs))) {
        return this.readingOf(span, shown, true);
      }
    }
    const stuckMs = server.direction === 0 ? undefined : shown.at(-1)?.timeMs;
    return next === 'nothing' ? this.readingOf(span, shown, false) : {shown, stuckMs};
  }

  /**
   * The oldest stretch where pages do not follow once there is no lower bound: read with one. It must
   * hold what showed in it nevertheless.
   */
  private async readWithout(
    span: Window,
    first: AuditAnswer,
    {records}: AuditPage,
  ): Promise<Reading | Cut> {
    const reading = await this.readPages(span, {first});
    const known = new Set(('shown' in reading ? reading.shown : reading.records).map(keyOf));
    const within = records.filter(({timeMs}) => holds(span, timeMs));
    const isHeld = within.every((record) => known.has(keyOf(record)));
    return isHeld || !this.server.widen() ? reading : this.readPages(span, {isOldest: true});
  }

  /** How many records of a page the next one shows again. */
  private get overlap(): number {
    const {recordsPerPage} = this.server;
    return Math.min(OVERLAP, Math.ceil(recordsPerPage / OVERLAP_SHARE), recordsPerPage - 1);
  }

  private readingOf(span: Window, shown: AuditRecord[], isOldest: boolean): Reading {
    const total = shown.length;
    return {span, records: recordsIn(oldestFirst(shown), span), total, isOldest};
  }

  private isMostlyOutside(shown: readonly AuditRecord[], span: Window): boolean {
    return 2 * shown.filter(({timeMs}) => holds(span, timeMs)).length < shown.length;
  }

  /** Finds the end of a stretch that holds some pages; undefined if all of it holds less. */
  private async countOut(span: Window): Promise<Counted | undefined> {
    const start = COUNTED_PAGES * this.server.recordsPerPage;
    const {page} = await this.server.ask(span, start, 2 * OVERLAP);
    return this.endBefore(page.records, span);
  }

  /** What the server shows of a stretch before it comes to these records, if it goes by time. */
  private endBefore(beyond: readonly AuditRecord[], span: Window): Counted | undefined {
    const {direction} = this.server;
    const [first, ...others] = beyond.slice(0, OVERLAP);
    if (!first || !direction) {
      return undefined;
    }
    const {timeMs} = first;
    const marginMs = Math.abs(timeMs - (others.at(-1) ?? first).timeMs) + 1;
    const end = direction < 0 ? {...span, fromMs: timeMs + 1} : {...span, toMs: timeMs - 1};
    return {span: end, marginMs};
  }

  /** Asks at once for the pages that will be needed, by their offsets. */
  private askAhead(span: Window, pages: number): ReadonlyMap<number, Promise<AuditAnswer>> {
    const {recordsPerPage} = this.server;
    const step = recordsPerPage - this.overlap;
    const ahead = new Map<number, Promise<AuditAnswer>>();
    for (let page = 1; page < Math.min(pages, MOST_PAGES); page++) {
      const answer = this.server.ask(span, page * step);
      answer.catch(() => undefined);
      ahead.set(page * step, answer);
    }
    return ahead;
  }

  /** How many pages a stretch takes if its records lie as close together as on its first page. */
  private pagesIn({records}: AuditPage, {fromMs, toMs}: Window): number {
    const {nowMs, recordsPerPage} = this.server;
    const times = records.map(({timeMs}) => timeMs);
    const shownMs = Math.max(...times) - Math.min(...times) + 1;
    const spanMs = Math.max(shownMs, Math.min(toMs, nowMs) - Math.max(fromMs, 0));
    return Math.ceil(((spanMs / shownMs) * records.length) / recordsPerPage);
  }

  private async readCrowded(span: Window): Promise<Reading> {
    const {server} = this;
    const records = await readCrowded(span, async (start, limit) => {
      const answer = await server.ask(span, start, limit);
      return {records: answer.page.records, saysMore: server.saysMore(answer)};
    });
    return {span, records, total: records.length, isOldest: false};
  }
}

/** Whether one of the records lies in a stretch. */
function isIn(records: readonly AuditRecord[], span: Window): boolean {
  return records.some(({timeMs}) => holds(span, timeMs));
}
