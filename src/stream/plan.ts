import {COUNTED_PAGES, type Cut} from '../confluence/window-reader';
import {type Reading, recordsIn, SEAM_RECORDS} from './seams';
import {cutAfter, holds, lengthOf, overlapOf, type Window, without} from './windows';

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
  /** It goes out whole: it is `counted` out to hold as much as may be read at once, or the `rest` of that. */
  readonly kind: 'counted' | 'rest' | 'other';
  /** How far its reading reaches beyond it, ms, so that it shows some records of its neighbours. */
  marginMs: number;
}

/** What is known of how a server answers. */
export interface AnswerSize {
  /** How many records a full answer shows. */
  readonly recordsPerPage: number;
  readonly bytesPerRecord: number;
  /** Whether several answers can be put together. */
  readonly hasOffsets: boolean;
}

/** A window is cut for so many full pages: its last one is wasted in part, and all are in memory at once. */
const PAGES_PER_WINDOW = 5;
const PAGES_WITHOUT_OFFSETS = 0.6;
const BYTES_PER_WINDOW = 4_000_000;
/** What may lie ready or be on its way while earlier records are awaited: this bounds memory. */
const MOST_BYTES_AHEAD = 12_000_000;
/** Two standard deviations of a count, where events come independently: so few windows need a page more. */
const MARGIN = 2;
/** A window may grow or shrink by this against the one before it; more is a surprise, and only one is sent then. */
const SURPRISE = 4;
/** By so much a stretch is denser here than there before that is taken into account. */
const UNEVEN = 2;
const MOST_MARGIN_MS = 86_400_000;
/** Where a margin holds more than the window, it is made smaller by this. */
const LESS_MARGIN = 32;
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
    const isWhole = !density || piece.kind !== 'other';
    const spanMs = Math.min(isWhole ? Infinity : targetOf(size) / density, piece.mostMs);
    const lengthMs = this.lengthOf(piece.window);
    if (lengthMs > HARDLY_LONGER * spanMs || lengthMs > piece.mostMs) {
      const lastMs = piece.window.fromMs + Math.max(1, Math.floor(spanMs)) - 1;
      const [first, rest] = cutAfter(piece.window, lastMs);
      this.pieces.splice(
        at,
        1,
        {...piece, window: first},
        {...newPiece(rest), density: piece.density},
      );
    }
    const ordered = this.pieces[at]!;
    ordered.status = 'out';
    ordered.marginMs = Math.min(ordered.marginMs, Math.ceil(SEAM_RECORDS / (density ?? 1)));
    return ordered;
  }

  /** Takes in the reading of a piece. */
  settle(piece: Piece, reading: Reading, count: number, size: AnswerSize): void {
    piece.status = 'read';
    piece.reading = reading;
    if (piece.kind === 'counted') {
      return;
    }
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
   * Takes in that a piece could not be read as a whole: because its margins hold most of what showed,
   * because one millisecond in it holds more than a page, or because all of it does. If then the end
   * that was counted out is as dense as its first page, all of it is taken to be; else that end is
   * read at once when its turn comes, and the rest goes out as it is.
   */
  divide(piece: Piece, {shown, counted, stuckMs = NaN}: Cut, {recordsPerPage}: AnswerSize): void {
    const {window, tries} = piece;
    const times = shown.map(({timeMs}) => timeMs);
    const within = times.filter((each) => holds(window, each));
    this.endMs = within.reduce((a, b) => Math.max(a, b), this.endMs);
    this.isUnsure = true;
    const end = counted && overlapOf(counted.span, window);
    const isBeyond = 2 * within.length < times.length || (end && lengthOf(end) <= 0);
    if (isBeyond && piece.marginMs > 1) {
      const marginMs = Math.ceil(piece.marginMs / LESS_MARGIN);
      this.replace(piece, [{...piece, status: 'open', marginMs}]);
      return;
    }
    const again = {tries, marginMs: Math.min(piece.marginMs, counted?.marginMs ?? Infinity)};
    if (within.includes(stuckMs) && lengthOf(window) > 1) {
      const crowded = {fromMs: stuckMs, toMs: stuckMs};
      const pieces = [crowded, ...without(window, [crowded])];
      this.replace(
        piece,
        pieces.map((each) => ({...newPiece(each), ...again})),
      );
      return;
    }
    const rest = end && lengthOf(end) > 0 ? without(window, [end]) : [];
    const density =
      rest.length > 0 ? (COUNTED_PAGES * recordsPerPage) / this.lengthOf(end!) : undefined;
    const isUneven = density && !isEven(times.slice(0, recordsPerPage), density);
    if (end && density && (this.density || isUneven)) {
      this.replace(piece, [
        ...rest.map((each) => ({...newPiece(each), ...again, kind: 'rest' as const})),
        {...newPiece(end), ...again, kind: 'counted'},
      ]);
      return;
    }
    const mostMs = Math.max(1, Math.floor(this.lengthOf(window) / 2));
    this.replace(piece, [{...newPiece(window), ...again, density, mostMs}]);
  }

  private replace(piece: Piece, pieces: Piece[]): void {
    pieces.sort((a, b) => a.window.fromMs - b.window.fromMs);
    this.pieces.splice(this.pieces.indexOf(piece), 1, ...pieces);
  }

  /** Has a piece read again, in two halves if it has two. */
  reopen(piece: Piece): void {
    const {window} = piece;
    const tries = piece.tries + 1;
    const middleMs = Math.floor((window.fromMs + Math.min(window.toMs, this.endMs)) / 2);
    const windows =
      middleMs >= window.fromMs && middleMs < window.toMs ? cutAfter(window, middleMs) : [window];
    this.replace(
      piece,
      windows.map((each) => ({...newPiece(each), tries})),
    );
  }

  /** Makes one piece of two that lie side by side and hold nothing. */
  merge(first: Piece, second: Piece): void {
    const window = {fromMs: first.window.fromMs, toMs: second.window.toMs};
    const [before, after] = [first.reading!, second.reading!];
    const reading = {
      span: {fromMs: before.span.fromMs, toMs: after.span.toMs},
      records: [
        ...recordsIn(before.records, {fromMs: -Infinity, toMs: window.fromMs}),
        ...recordsIn(after.records, {fromMs: window.toMs, toMs: Infinity}),
      ],
      total: after.total,
      isOldest: before.isOldest || after.isOldest,
    };
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
  return {
    window,
    status: 'open',
    isJoined: false,
    isEnd: false,
    tries: 0,
    density: undefined,
    mostMs: Infinity,
    kind: 'other',
    marginMs: MOST_MARGIN_MS,
  };
}

/** Whether records lie about as close together as `density` says. */
function isEven(times: readonly number[], density: number): boolean {
  const expected = density * (Math.max(...times) - Math.min(...times) + 1);
  return expected < UNEVEN * times.length && times.length < UNEVEN * expected;
}

/** For how many records a window is cut. */
function targetOf({recordsPerPage, bytesPerRecord, hasOffsets}: AnswerSize): number {
  const pages = hasOffsets ? PAGES_PER_WINDOW : PAGES_WITHOUT_OFFSETS;
  const records = Math.min(pages * recordsPerPage, BYTES_PER_WINDOW / bytesPerRecord);
  return Math.max(1, records - MARGIN * Math.sqrt(records));
}
