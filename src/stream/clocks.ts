/** What the three clocks showed at the first answer of a sync; epoch ms. */
export interface Clocks {
  /** The answer's `Date`, which is cut to whole seconds; undefined if it had none. */
  readonly serverMs: number | undefined;
  /** This machine's clock when the answer was there. */
  readonly localMs: number;
  /** How long the answer took. */
  readonly tookMs: number;
  /** creationDate of the newest record that was seen; undefined if none was. */
  readonly newestMs: number | undefined;
}

/** Between what moments the first answer showed the log; epoch ms. */
export interface Now {
  /** The log was shown after this. */
  readonly atLeastMs: number;
  /** And before this. */
  readonly atMostMs: number;
}

/** A `Date` header is cut to whole seconds. */
const DATE_RESOLUTION_MS = 1000;
/** No answer of a read takes longer that says anything about time. */
const LONGEST_ANSWER_MS = 60_000;

/**
 * The time by three clocks, any of which may be wrong by any amount, once or always: the middle one
 * is right as long as two of them are. The newest record is a clock that may be slow, on a quiet
 * site by months, and where two are left the earlier one counts: too early a time reads a little
 * again, too late a one would lose records.
 */
export function tellTime({serverMs, localMs, tookMs, newestMs}: Clocks): Now {
  const took = Math.ceil(Math.min(tookMs, LONGEST_ANSWER_MS));
  const atLeastMs = middle([serverMs && serverMs - took, localMs - took, newestMs]);
  const latest = Math.min(localMs, (serverMs ?? Infinity) + DATE_RESOLUTION_MS);
  return {atLeastMs, atMostMs: Math.max(atLeastMs, latest)};
}

/** Whether a time lies after all that the clocks could mean. */
export function isAheadOfAll(timeMs: number, {serverMs, localMs, newestMs}: Clocks): boolean {
  return timeMs > Math.max((serverMs ?? 0) + DATE_RESOLUTION_MS, localMs, newestMs ?? 0);
}

/** Of three the middle one, of two the earlier one. */
function middle(clocks: readonly (number | undefined)[]): number {
  const known = clocks.filter((each) => each !== undefined).sort((a, b) => a - b);
  return known[known.length === 3 ? 1 : 0]!;
}
