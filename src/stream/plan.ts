import type {AuditRecord} from '../confluence/page';
import {MOST_PAGES} from '../confluence/window-reader';
import type {Reading} from './seams';
import {cutAfter, lengthOf, type Window} from './windows';

/** A piece of the plan: its window is still to be read, on its way, or read. */
export interface Piece {
  readonly window: Window;
  status: 'open' | 'out' | 'read';
  reading?: Reading;
  /** The seam at its beginning agrees. */
  isJoined: boolean;
  /** It is the last one, and proven to lack nothing at its end. */
  isEnd: boolean;
  /** How often answers about it contradicted others. */
  tries: number;
  /** How many records are expected in it; undefined where nothing is known. */
  density: number | undefined;
  /** No longer window is read of it, ms. */
  mostMs: number;
}

/** What is known of how a server answers. */
export interface AnswerSize {
  /** How many records a full answer shows. */
  readonly recordsPerPage: number;
  readonly bytesPerRecord: number;
}

/** A window is cut for so many full pages: its last one is wasted in part, and all are in memory at once. */
const PAGES_PER_WINDOW = 5;
const BYTES_PER_WINDOW = 4_000_000;
/** What may lie ready or be on its way while earlier records are awaited: this bounds memory. */
const MOST_BYTES_AHEAD = 12_000_000;
/** Two standard deviations of a count, where events come independently: so few windows need a page more. */
const MARGIN = 2;
/** A window may grow or shrink by this against the one before it; more is a surprise, and only one is sent then. */
const SURPRISE = 4;
/** How many records of its neighbours a reading shows on either side. */
const SEAM_RECORDS = 8;
/** What would be more is a burst: its density says nothing about the time around it. */
const MOST_PAGES_OF_A_LOG = 2000;
/** A piece that is hardly longer than a window is not cut. */
const HARDLY_LONGER = 1.2;

/**
 * The plan of a read: one window, which falls apart into pieces as it turns out what it holds. The
 * pieces stay in order and lie side by side, so that no millisecond is forgotten or read twice. It
 * keeps one estimate of how close together records lie, in records a millisecond.
 */
export class Plan {
  readonly pieces: Piece[];
  private density: number | undefined;
  private isUnsure = true;
  private divisions = 0;

  /** @param endMs where a window without an end is taken to end, epoch ms */
  constructor(
    window: Window,
    private endMs: number,
  ) {
    this.pieces = [newPiece(window)];
  }

  /** The earliest window to read next; undefined if none may go out now. */
  next(size: AnswerSize): Piece | undefined {
    const at = this.pieces.findIndex(({status}) => status === 'open');
    const piece = this.pieces[at];
    if (!piece || !this.mayReadAhead(at, size)) {
      return undefined;
    }
    const density = piece.density ?? this.density;
    const wanted = targetOf(size);
    const spanMs = Math.min(density ? wanted / density : Infinity, piece.mostMs);
    const lengthMs = this.lengthOf(piece.window);
    if (lengthMs > HARDLY_LONGER * spanMs || lengthMs > piece.mostMs) {
      const lastMs = piece.window.fromMs + Math.max(1, Math.floor(spanMs)) - 1;
      const [first, rest] = cutAfter(piece.window, lastMs);
      this.pieces.splice(at, 1, {...piece, window: first}, {...newPiece(rest), density: piece.density});
    }
    const ordered = this.pieces[at]!;
    ordered.status = 'out';
    return ordered;
  }

  /** By how much a reading should reach beyond its window, so that it shows some records of its neighbours. */
  get marginMs(): number {
    return Math.ceil(Math.min(SEAM_RECORDS / (this.density ?? 1), 86_400_000));
  }

  /** Takes in the reading of a piece. */
  settle(piece: Piece, reading: Reading, count: number, size: AnswerSize): void {
    piece.status = 'read';
    piece.reading = reading;
    const lengthMs = this.lengthOf(piece.window);
    const least = targetOf(size) / SURPRISE;
    const shown = Math.max(count, least) / lengthMs;
    const known = piece.density ?? this.density;
    this.isUnsure = known === undefined || count < least || shown > SURPRISE * known;
    this.density = known === undefined || this.isUnsure ? shown : (known + shown) / 2;
    const after = this.pieces[this.pieces.indexOf(piece) + 1];
    if (after?.status === 'open' && piece.density !== undefined) {
      after.density = this.density;
    }
  }

  /**
   * Takes in that a piece holds far more than was thought. The density that showed is taken to hold
   * for a while on the side where it showed; beyond that one window is to tell.
   * @throws never; but a piece of one millisecond MUST NOT be handed in
   */
  divide(piece: Piece, shown: readonly AuditRecord[], size: AnswerSize): void {
    const {window} = piece;
    const times = shown.map(({timeMs}) => timeMs);
    const firstMs = Math.max(window.fromMs, Math.min(...times));
    const lastMs = Math.min(window.toMs, Math.max(...times));
    this.endMs = Math.max(this.endMs, lastMs);
    const endMs = Math.min(window.toMs, this.endMs);
    const lengthMs = endMs - window.fromMs + 1;
    const mostMs = Math.max(1, Math.floor(lengthMs / 2));
    const density = shown.length / Math.max(1, lastMs - firstMs + 1);
    const reachMs = Math.floor(
      (SURPRISE ** this.divisions * PAGES_PER_WINDOW * size.recordsPerPage) / density,
    );
    this.divisions = Math.min(this.divisions + 1, MOST_PAGES);
    this.isUnsure = true;
    const atMs = endMs - reachMs;
    const isPlausible = density * lengthMs <= MOST_PAGES_OF_A_LOG * size.recordsPerPage;
    const isSparseBefore = !isPlausible && atMs > window.fromMs + reachMs && firstMs > atMs;
    const index = this.pieces.indexOf(piece);
    const again = {isJoined: piece.isJoined, tries: piece.tries};
    if (!isSparseBefore) {
      this.pieces.splice(index, 1, {...newPiece(window), ...again, density, mostMs});
      return;
    }
    const [sparse, dense] = cutAfter(window, atMs);
    this.pieces.splice(
      index,
      1,
      {...newPiece(sparse), ...again, density: piece.density, mostMs},
      {...newPiece(dense), density},
    );
  }

  /** Has a piece read again, in two halves if it has two. */
  reopen(piece: Piece): void {
    const {window} = piece;
    const tries = piece.tries + 1;
    const middleMs = Math.floor((window.fromMs + Math.min(window.toMs, this.endMs)) / 2);
    const windows =
      middleMs >= window.fromMs && middleMs < window.toMs ? cutAfter(window, middleMs) : [window];
    this.pieces.splice(
      this.pieces.indexOf(piece),
      1,
      ...windows.map((each) => ({...newPiece(each), tries, density: piece.density})),
    );
  }

  /** Makes one piece of two that lie side by side and hold nothing. */
  merge(first: Piece, second: Piece): void {
    const window = {fromMs: first.window.fromMs, toMs: second.window.toMs};
    const span = {fromMs: first.reading!.span.fromMs, toMs: second.reading!.span.toMs};
    const {total, isOldest} = second.reading!;
    const reading = {span, records: [], total, isOldest: isOldest || first.reading!.isOldest};
    this.pieces.splice(this.pieces.indexOf(first), 2, {...first, window, reading});
  }

  private lengthOf({fromMs, toMs}: Window): number {
    return Math.max(1, lengthOf({fromMs, toMs: Math.min(toMs, this.endMs)}));
  }

  /** Where it is not known how close together records lie, one window goes out and the others wait for it. */
  private mayReadAhead(at: number, size: AnswerSize): boolean {
    const before = this.pieces.slice(0, at);
    if (this.isUnsure && before.some(({status}) => status === 'out')) {
      return false;
    }
    // The one after a piece that is read must come: it is the proof of that piece.
    let bytes = at <= 1 ? -Infinity : 0;
    for (const {reading} of before) {
      const records = reading ? reading.total : targetOf(size);
      bytes += records * size.bytesPerRecord;
    }
    return bytes <= MOST_BYTES_AHEAD;
  }
}

function newPiece(window: Window): Piece {
  return {window, status: 'open', isJoined: false, isEnd: false, tries: 0, density: undefined, mostMs: Infinity};
}

/** For how many records a window is cut. */
function targetOf({recordsPerPage, bytesPerRecord}: AnswerSize): number {
  const records = Math.min(PAGES_PER_WINDOW * recordsPerPage, BYTES_PER_WINDOW / bytesPerRecord);
  return Math.max(1, records - MARGIN * Math.sqrt(records));
}
