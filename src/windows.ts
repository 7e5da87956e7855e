import {Density} from './density';

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

/** A piece of the plan: still to be read, on its way, or complete. */
interface Piece<T> {
  readonly window: Window;
  readonly status: 'open' | 'out' | 'complete';
  readonly part?: Part<T>;
  /** What is thought of the stretch of time that it was cut from. */
  readonly density: Density;
  /** The rest of a window that did not fit an answer: it goes out as it is. */
  readonly isRest?: boolean;
}

/** Records that may lie ready or be on their way while earlier ones are awaited: this bounds memory. */
const MOST_RECORDS_AHEAD = 8000;
/** More is not kept of windows that are cut: their end is read again when its turn comes. */
const MOST_RECORDS_HELD = 16_000;
/** A window of several answers wastes at most one of them on a rest; and four windows have to share what is left. */
const MOST_ANSWERS_PER_WINDOW = 2;
const WINDOWS_LEFT_PER_ANSWER = 6;
/** Two standard deviations of a count, where events come independently: so few windows need an answer more. */
const MARGIN = 2;
/** How many answers back the density at a window's end is taken to hold, at first; four times as many each time. */
const FIRST_REACH = 32;
const REACH_GROWTH = 4;

/**
 * The plan of a read: one window, which falls apart into pieces as it turns out what it holds. The
 * pieces stay in order and lie side by side, so that no millisecond is forgotten or read twice.
 */
export class Plan<T> {
  private readonly pieces: Piece<T>[];
  private reach = FIRST_REACH;

  constructor(window: Window) {
    this.pieces = [{window, status: 'open', density: new Density()}];
  }

  /**
   * The earliest window to read next; undefined if none may go out now.
   * @param perAnswer how many records an answer holds
   */
  next(perAnswer: number): Window | undefined {
    const at = this.pieces.findIndex(({status}) => status === 'open');
    const piece = this.pieces[at];
    if (!piece || !this.mayReadAhead(at, perAnswer)) {
      return undefined;
    }
    const {window, density, isRest = false} = piece;
    const first = isRest ? window : takeFirst(window, density.spanOf(recordsFor(piece, perAnswer)));
    const left = {fromMs: first.toMs + 1, toMs: window.toMs};
    const out: Piece<T> = {window: first, status: 'out', density};
    this.pieces.splice(
      at,
      1,
      out,
      ...(isEmpty(left) ? [] : [{window: left, status: 'open', density} as const]),
    );
    return first;
  }

  /**
   * Takes in what was found out about a window that `next` gave.
   * @param perAnswer how many records an answer holds
   */
  settle(window: Window, {complete, open, kind}: Reading<T>, perAnswer: number): void {
    const at = this.pieces.findIndex((piece) => piece.window.fromMs === window.fromMs);
    const {density} = this.pieces[at]!;
    const [known] = complete;
    const isKept = kind !== 'cut' || this.recordsHeld < MOST_RECORDS_HELD;
    const pieces: Piece<T>[] = complete.map((part) =>
      isKept
        ? {window: part.window, status: 'complete', part, density}
        : {window: part.window, status: 'open', density, isRest: true},
    );
    if (kind === 'cut' && known && density.isFarDenser(known.count, lengthOf(known.window))) {
      pieces.push(...this.divide(open[0]!, known, perAnswer));
    } else {
      pieces.push(
        ...open.map((each): Piece<T> => ({
          window: each,
          status: 'open',
          density,
          isRest: kind === 'cut',
        })),
      );
    }
    if (known && kind !== 'crowded') {
      density.learn(known.count, lengthOf(known.window));
    }
    pieces.sort((a, b) => a.window.fromMs - b.window.fromMs);
    this.pieces.splice(at, 1, ...pieces);
  }

  /** Takes the earliest piece off, if it is complete. */
  shift(): Part<T> | undefined {
    const part = this.pieces[0]?.part;
    if (part) {
      this.pieces.shift();
    }
    return part;
  }

  get isDone(): boolean {
    return this.pieces.length === 0;
  }

  private get recordsHeld(): number {
    return this.pieces.reduce((sum, {part}) => sum + (part?.count ?? 0), 0);
  }

  /**
   * What is left of a window that holds far more than was thought. The density that showed is taken
   * to hold for a while from there on; beyond that nothing is known, and one answer is to tell.
   */
  private divide(left: Window, {window, count}: Part<T>, perAnswer: number): Piece<T>[] {
    const density = new Density();
    density.learn(count, lengthOf(window));
    density.isUnsure = true;
    const reachMs = density.spanOf(this.reach * perAnswer);
    this.reach *= REACH_GROWTH;
    if (lengthOf(left) <= 1.5 * reachMs || left.fromMs > window.toMs) {
      return [{window: left, status: 'open', density}];
    }
    const middle = left.toMs - Math.floor(reachMs);
    return [
      {window: {fromMs: left.fromMs, toMs: middle}, status: 'open', density: new Density()},
      {window: {fromMs: middle + 1, toMs: left.toMs}, status: 'open', density},
    ];
  }

  /** Where it is not known how far apart records lie, one window goes out and the others wait for it. */
  private mayReadAhead(at: number, perAnswer: number): boolean {
    let records = 0;
    for (const {status, part, density} of this.pieces.slice(0, at)) {
      if (status === 'out' && (density.isUnsure || !density.isKnown)) {
        return false;
      }
      records += part ? part.count : perAnswer;
    }
    return records <= MOST_RECORDS_AHEAD;
  }
}

/** For how many records a window should be cut from a piece. */
function recordsFor<T>({window, density}: Piece<T>, perAnswer: number): number {
  const answersLeft = density.recordsIn(lengthOf(window)) / perAnswer;
  const answers = Math.min(
    Math.max(1, Math.round(answersLeft / WINDOWS_LEFT_PER_ANSWER)),
    MOST_ANSWERS_PER_WINDOW,
  );
  const records = answers * perAnswer;
  return records - MARGIN * Math.sqrt(records);
}

/** The first `spanMs` of a window; all of it where little would be left. */
function takeFirst(window: Window, spanMs: number): Window {
  return lengthOf(window) <= 1.2 * spanMs
    ? window
    : {fromMs: window.fromMs, toMs: window.fromMs + Math.max(1, Math.floor(spanMs)) - 1};
}

function lengthOf({fromMs, toMs}: Window): number {
  return toMs - fromMs + 1;
}

function isEmpty({fromMs, toMs}: Window): boolean {
  return fromMs > toMs;
}
