import {Cuts} from './cuts';
import type {Order, Seen} from './order';
import type {LogServer} from './log-server';
import {PAGES_PER_WINDOW, targetOf} from './window-size';
import {lengthOf, type Window} from './windows';

/** So many pages at most are read at once. */
export const MOST_PAGES = 10;
/** By so much more pages than expected a gap is taken to be denser than thought. */
const PATIENCE = 1.5;
/** What may lie ready or be on its way while earlier records are awaited: this bounds memory. */
const MOST_BYTES_AHEAD = 10_000_000;
/** A window may grow or shrink by this against the one before it; more is a surprise, and only one is sent then. */
const SURPRISE = 4;
/** Fewer records say little of how close together others lie. */
const TELLING = 50;
/** A gap that is hardly longer than a window is not cut. */
const HARDLY_LONGER = 1.2;
/** How far to look beyond a gap where nothing is known, and by how much farther each time that shows nothing. */
const FIRST_MARGIN_MS = 86_400_000;
const WIDER = 32;
const LONGEST_MARGIN_MS = 400 * 86_400_000;

/**
 * How to ask for what is not known yet: it cuts gaps to windows that hold some pages each, by one
 * estimate of how close together records lie, in records a millisecond.
 */
export class Plan {
  private density: number | undefined;
  private isUnsure = true;
  private isTrusted = false;
  /** How many windows in a row held nothing. */
  private empty = 0;
  private readonly cuts = new Cuts();

  constructor(private readonly server: LogServer) {}

  /**
   * The next window to ask for; undefined if none may be for now.
   * @param gaps what nobody is asking for, in order
   * @param out what is being asked for
   * @param ready how many records lie ready
   * @param strikes how often asking has brought nothing of late
   */
  next(
    gaps: readonly Window[],
    out: readonly Order[],
    ready: number,
    strikes: number,
  ): Order | undefined {
    const {server} = this;
    const gap = gaps.find((each) => !isLeftOver(each, out));
    if (!gap || (out.length > 0 && (this.isUnsure || strikes > 0))) {
      return undefined;
    }
    const order = this.orderOf(gap, strikes);
    const pages = [...out, order].reduce((sum, each) => sum + each.pages, 0);
    const ahead = (ready + pages * server.rows.recordsPerPage) * server.rows.bytesPerRecord;
    const isNeededNext = out.length === 0 && gap === gaps[0];
    return ahead <= MOST_BYTES_AHEAD || isNeededNext ? order : undefined;
  }

  /** Takes in what was shown of a window. */
  learn({isCounted}: Order, {window, count}: Seen): void {
    const {server, density} = this;
    const lengthMs = this.lengthOf(window);
    const target = targetOf(server);
    if (density === undefined) {
      this.isUnsure = count < Math.max(TELLING, server.rows.recordsPerPage / 2);
      this.density = Math.max(1, count) / lengthMs;
      return;
    }
    const isLittle = count > 0 && SURPRISE * Math.max(count, density * lengthMs) < target;
    if (isCounted && count === 0) {
      this.cuts.forget(window);
    }
    if (isCounted || isLittle) {
      return;
    }
    this.empty = count === 0 ? this.empty + 1 : 0;
    const least = target / SURPRISE ** Math.max(1, this.empty);
    const shown = Math.max(count, least) / lengthMs;
    this.isUnsure = count < least || shown > SURPRISE * density;
    this.isTrusted = !this.isUnsure;
    this.density = this.isUnsure ? shown : (density + shown) / 2;
  }

  /** Takes in that a window holds more than one can read of it at once, and perhaps where to cut it. */
  divide(window: Window, cuts: readonly number[]): void {
    if (cuts.length > 0) {
      this.cuts.add(window, cuts);
      return;
    }
    const half = (2 * targetOf(this.server)) / this.lengthOf(window);
    this.density = Math.max(this.density ?? 0, half);
    this.isUnsure = true;
    this.isTrusted = false;
    this.cuts.forgetAll();
  }

  private orderOf(gap: Window, strikes: number): Order {
    const {density, server} = this;
    const cutMs = this.cuts.firstIn(gap);
    const isCounted = cutMs !== undefined;
    const wantedMs = isCounted
      ? cutMs - gap.fromMs
      : density
        ? targetOf(server) / density
        : Infinity;
    const spanMs = Math.max(wantedMs, server.bounds.leastMs);
    const isCut = this.lengthOf(gap) > (isCounted ? 1 : HARDLY_LONGER) * spanMs;
    const toMs = isCut ? gap.fromMs + Math.max(1, Math.floor(spanMs)) - 1 : gap.toMs;
    const window = {fromMs: gap.fromMs, toMs};
    const counted = this.cuts.isRest(gap.fromMs) ? Math.ceil(MOST_PAGES / 2) : MOST_PAGES;
    const expected = isCounted ? counted : this.pagesIn(window);
    const isOne = !server.canFollow || !server.hasOrder || strikes > 0;
    const isAlone = isOne || (this.isUnsure && !isCounted);
    const overlap = server.rows.overlapOf(server.rows.recordsPerPage);
    const usualMs = density ? Math.ceil(overlap / density) : FIRST_MARGIN_MS;
    const widenedMs = (isCounted ? this.marginAt(cutMs, usualMs) : usualMs) * WIDER ** strikes;
    return {
      window,
      pages: isAlone ? 1 : Math.min(MOST_PAGES, expected),
      isTrusted: this.isTrusted,
      mostPages: density
        ? Math.min(MOST_PAGES, isCounted ? MOST_PAGES : Math.ceil(PATIENCE * expected)) + 1
        : PAGES_PER_WINDOW,
      marginMs: widenedMs > LONGEST_MARGIN_MS ? Infinity : Math.max(1, widenedMs),
      isCut,
      isCounted,
      isBlind: !density,
      overlap: Math.max(1, overlap - 1),
    };
  }

  /** How far beyond a counted place some records lie, if they lie evenly up to the next one. */
  private marginAt(cutMs: number, usualMs: number): number {
    const {server} = this;
    const nextMs = this.cuts.nextAfter(cutMs);
    const share =
      (2 * server.rows.overlapOf(server.rows.recordsPerPage)) /
      (MOST_PAGES * server.rows.recordsPerPage);
    return Math.min(usualMs, Math.ceil(share * (nextMs - cutMs)));
  }

  /** How many pages a window takes if it is as dense as others. */
  private pagesIn(window: Window): number {
    const {server, density = 0} = this;
    const overlap = server.rows.overlapOf(server.rows.recordsPerPage);
    const records = density * this.lengthOf(window) + 2 * overlap;
    return Math.ceil(records / Math.max(1, server.rows.recordsPerPage - overlap));
  }

  private lengthOf({fromMs, toMs}: Window): number {
    const end = Math.min(toMs, Math.max(this.server.endMs, fromMs));
    return Math.max(1, lengthOf({fromMs, toMs: end}));
  }
}

/** Whether a gap lies right before what is being asked for, which may well show what is in it. */
function isLeftOver(gap: Window, out: readonly Order[]): boolean {
  return out.some(({window}) => window.fromMs === gap.toMs + 1);
}
