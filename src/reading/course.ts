import type {Window} from './windows';

/** The way that answers go through time: from near, where they begin, to far. */
export class Course {
  constructor(readonly isNewestFirst: boolean) {}

  /** Answers that go in this direction, 1 or -1 or 0 for neither, do not go this way. */
  isAstray(direction: -1 | 0 | 1 | undefined): boolean {
    return direction !== undefined && direction !== (this.isNewestFirst ? -1 : 1);
  }

  near({fromMs, toMs}: Window): number {
    return this.isNewestFirst ? toMs : fromMs;
  }

  far({fromMs, toMs}: Window): number {
    return this.isNewestFirst ? fromMs : toMs;
  }

  window(nearMs: number, farMs: number): Window {
    return this.isNewestFirst ? {fromMs: farMs, toMs: nearMs} : {fromMs: nearMs, toMs: farMs};
  }

  /** The end of the log that answers without a bound go to. */
  get end(): number {
    return this.isNewestFirst ? -Infinity : Infinity;
  }

  /** A time some ms before another in answers. */
  nearer(timeMs: number, byMs: number): number {
    return this.isNewestFirst ? timeMs + byMs : timeMs - byMs;
  }

  /** Whether one time comes in answers before the other. */
  isNearer(timeMs: number, thanMs: number): boolean {
    return this.isNewestFirst ? timeMs > thanMs : timeMs < thanMs;
  }

  /** A list that is sorted by time, in the order of answers. */
  fromNear<T>(oldestFirst: readonly T[]): readonly T[] {
    return this.isNewestFirst ? oldestFirst.toReversed() : oldestFirst;
  }

  /** A list that is sorted by time, against the order of answers. */
  fromFar<T>(oldestFirst: readonly T[]): readonly T[] {
    return this.isNewestFirst ? oldestFirst : oldestFirst.toReversed();
  }
}
