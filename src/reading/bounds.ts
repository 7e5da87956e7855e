import type {AuditQuery} from '../confluence/audit-api';
import {contradiction} from './contradiction';
import type {Window} from './windows';

/** By how much a bound may be cut or rounded, ms: not at all, its own millisecond, a second, a minute, a day. */
const ROUNDINGS_MS = [0, 1, 1000, 60_000, 86_400_000];

/** What a server makes of the bounds that it is asked for, as far as is known. */
export class Bounds {
  private rounding = 0;

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

  /** What to ask for so that all of a millisecond is shown, and nothing that happens from now on. */
  around(timeMs: number): Window {
    const byMs = ROUNDINGS_MS[this.rounding]!;
    return {fromMs: timeMs - byMs, toMs: timeMs + byMs};
  }
}

/** Whether a time is further from round than another, so that it shows better what is made of bounds. */
export function isOdder(timeMs: number, thanMs: number): boolean {
  return ROUNDINGS_MS.some((grainMs) => timeMs % grainMs !== 0 && thanMs % grainMs === 0);
}

/** @throws Failure if a record lies so far outside that no rounding of bounds explains it */
export function refuseFarOutside(timeMs: number, {startDate, endDate}: AuditQuery): void {
  const mostMs = 2 * ROUNDINGS_MS.at(-1)!;
  if (timeMs < (startDate ?? 0) - mostMs || timeMs > (endDate ?? Infinity) + mostMs) {
    throw contradiction(
      timeMs,
      `asked for ${startDate} to ${endDate}, got a record of another time, ${timeMs}`,
    );
  }
}
