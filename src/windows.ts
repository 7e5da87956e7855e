/** A bounded piece of time: epoch ms, both ends belong to it. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is known about a window: the parts that are complete, and those that must still be read. */
export interface Reading<T> {
  readonly complete: readonly Part<T>[];
  readonly open: readonly Window[];
  /**
   * `whole`: an answer held the window; `cut`: a part of it; `crowded`: one millisecond took more
   * than an answer, which tells nothing about its neighbours.
   */
  readonly kind: 'whole' | 'cut' | 'crowded';
}

/** A window of which everything is known. */
export interface Part<T> {
  readonly window: Window;
  readonly content: T;
  /** Records in it. */
  readonly count: number;
}

type Piece<T> =
  | {window: Window; status: 'open' | 'out'}
  | {window: Window; status: 'complete'; part: Part<T>};

/** Records that may lie ready or be on their way while earlier ones are awaited: this bounds memory. */
const MAX_RECORDS_AHEAD = 12_000;

/**
 * The plan of a read: one window, which falls apart into pieces as it turns out what it holds. The
 * pieces stay in order and lie side by side, so that no millisecond is forgotten or read twice.
 */
export class Plan<T> {
  private readonly pieces: Piece<T>[];
  private readonly density = new Density();

  constructor(window: Window) {
    this.pieces = [{window, status: 'open'}];
  }

  /** The earliest window to read next, cut to hold about `records`; undefined if none may go out now. */
  next(records: number): Window | undefined {
    const at = this.pieces.findIndex(({status}) => status === 'open');
    const ahead = this.pieces
      .slice(0, at)
      .reduce((sum, piece) => sum + (piece.status === 'complete' ? piece.part.count : records), 0);
    if (at === -1 || ahead > MAX_RECORDS_AHEAD) {
      return undefined;
    }
    const {window} = this.pieces[at]!;
    const cut = takeFirst(window, this.density.spanOf(records));
    const rest = {fromMs: cut.toMs + 1, toMs: window.toMs};
    const out: Piece<T> = {window: cut, status: 'out'};
    this.pieces.splice(at, 1, ...(isEmpty(rest) ? [out] : [out, open(rest)]));
    return cut;
  }

  /** Takes in what was found out about a window that `next` gave. */
  settle(window: Window, {complete, open: left, kind}: Reading<T>): void {
    const at = this.pieces.findIndex((piece) => piece.window.fromMs === window.fromMs);
    const pieces: Piece<T>[] = [
      ...complete.map((part) => ({window: part.window, status: 'complete' as const, part})),
      ...left.map(open),
    ];
    pieces.sort((a, b) => a.window.fromMs - b.window.fromMs);
    this.pieces.splice(at, 1, ...pieces);
    for (const {count, window: known} of kind === 'crowded' ? [] : complete) {
      this.density.learn(count, known.toMs - known.fromMs + 1, kind === 'cut');
    }
  }

  /** Takes the earliest piece off, if it is complete. */
  shift(): Part<T> | undefined {
    const [first] = this.pieces;
    if (first?.status !== 'complete') {
      return undefined;
    }
    this.pieces.shift();
    return first.part;
  }

  get isDone(): boolean {
    return this.pieces.length === 0;
  }
}

/** How close together records lie, learnt from what was read last. */
class Density {
  private records = 0;
  private spanMs = 0;

  /** What an answer could not hold is denser than was thought: if by far, only that counts. */
  learn(records: number, spanMs: number, isCut: boolean): void {
    const isSurprise = isCut && spanMs < this.spanOf(records) / 2;
    const kept = isSurprise ? 0 : 0.7;
    this.records = kept * this.records + records;
    this.spanMs = kept * this.spanMs + spanMs;
  }

  /** The time in which about `records` are to be expected. */
  spanOf(records: number): number {
    return this.records === 0 ? Infinity : (this.spanMs / this.records) * records;
  }
}

/** The first `spanMs` of a window; all of it where little would be left. */
function takeFirst(window: Window, spanMs: number): Window {
  const whole = window.toMs - window.fromMs + 1;
  return whole <= 1.2 * spanMs
    ? window
    : {fromMs: window.fromMs, toMs: window.fromMs + Math.max(1, Math.floor(spanMs)) - 1};
}

function isEmpty({fromMs, toMs}: Window): boolean {
  return fromMs > toMs;
}

function open(window: Window): {window: Window; status: 'open'} {
  return {window, status: 'open'};
}
