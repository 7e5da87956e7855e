import type {AuditQuery} from '../confluence/audit-api';
import {contradiction} from './contradiction';
import type {Window} from './windows';

/** By how much a bound may be cut or rounded, ms: not at all, its own millisecond, a second, a minute, a day. */
const ROUNDINGS_MS = [0, 1, 1000, 60_000, 86_400_000];

/** To what a server may cut or round a bound. */
const GRAINS_MS = [1000, 60_000, 86_400_000];

/** What a server makes of the bounds that it is asked for, as far as is known. */
export class Bounds {
  /** creationDate of the record that shows best what is made of bounds, if any was shown; epoch ms. */
  oddMs: number | undefined;
  private oddness = 0;
  private rounding = 0;
  /** So far outside of what was asked for records were shown, ms. */
  private outsideMs = 0;

  /** No shorter window is shown alone, ms: what has to be asked for around a millisecond, or comes with it. */
  get leastMs(): number {
    return Math.max(2 * ROUNDINGS_MS[this.rounding]! + 1, this.outsideMs);
  }

  /**
   * Takes in that a record was shown.
   * @throws Failure if it lies so far outside of what was asked that no rounding of bounds explains it
   */
  learn(timeMs: number, {startDate = 0, endDate = Infinity}: AuditQuery): void {
    const outsideMs = Math.max(startDate - timeMs, timeMs - endDate);
    if (outsideMs > 2 * ROUNDINGS_MS.at(-1)!) {
      throw contradiction(
        timeMs,
        `asked for ${startDate} to ${endDate}, got a record of another time, ${timeMs}`,
      );
    }
    this.outsideMs = Math.max(this.outsideMs, outsideMs);
    if (this.oddness < ROUNDINGS_MS.length) {
      this.learnOddest(timeMs);
    }
  }

  /** Whether a record at this time, if it is shown when it is asked for, shows that bounds are asked for widely enough. */
  isShownBy(timeMs: number): boolean {
    return isFarFromRound(timeMs, ROUNDINGS_MS[this.rounding]!);
  }

  /** They are cut or rounded by more than was thought: asks wider from now on. Whether that is possible. */
  widen(): boolean {
    const canWiden = this.rounding < ROUNDINGS_MS.length - 1;
    this.rounding += canWiden ? 1 : 0;
    return canWiden;
  }

  /** What to ask for so that all of a stretch of time is shown. No bound is sent after `endMs`: what servers make of one is not known. */
  padded({fromMs, toMs}: Window, endMs: number): Window {
    const byMs = ROUNDINGS_MS[this.rounding]!;
    return {fromMs: fromMs - byMs, toMs: toMs + byMs < endMs ? toMs + byMs : Infinity};
  }

  /** The same with a bound at its end, so that nothing that happens from now on stands before it. */
  closed({fromMs, toMs}: Window): Window {
    const byMs = ROUNDINGS_MS[this.rounding]!;
    return {fromMs: fromMs - byMs, toMs: toMs + byMs};
  }

  /** A time shows the better what is made of bounds the more often it is far from round, however widely they are asked for. */
  private learnOddest(timeMs: number): void {
    const oddness = ROUNDINGS_MS.filter((byMs) => isFarFromRound(timeMs, byMs)).length;
    if (oddness > this.oddness) {
      this.oddMs = timeMs;
      this.oddness = oddness;
    }
  }
}

/**
 * Whether bounds so far around a time would be cut or rounded past it, and not back onto it by chance: one
 * that is rounded to what is nearest goes the other way from the middle on.
 */
function isFarFromRound(timeMs: number, byMs: number): boolean {
  return GRAINS_MS.every((grainMs) => {
    const restMs = timeMs % (grainMs / 2);
    return byMs >= grainMs || (restMs > byMs && restMs < grainMs / 2 - byMs);
  });
}
