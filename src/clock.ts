import {setImmediate as nextTurn, setTimeout as delay} from 'node:timers/promises';

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[Tt ]([\d:.]+)([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/** Time and chance, handed in wherever they matter so that a test can hold them still. */
export interface Clock {
  /** The local clock, epoch ms. It may be wrong by hours, and may be set while the process runs. */
  now(): number;
  /** Never jumps, and starts anywhere: every wait, timeout and deadline goes by it. */
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
  /** Resolves when all that can happen by now has begun. */
  nextTurn(): Promise<void>;
  /** At least 0 and less than 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => delay(ms),
  nextTurn: () => nextTurn(),
  random: () => Math.random(),
};

/** What three clocks showed when the first answer of a sync was there; epoch ms. */
interface Clocks {
  /** Its `Date`, if it had one. */
  readonly serverMs: number | undefined;
  readonly localMs: number;
  /** creationDate of the newest record that was seen, if any was. */
  readonly newestMs: number | undefined;
  /** How long the answer took. */
  readonly tookMs: number;
}

/** The first answer showed the log as it was at some moment between these; epoch ms. */
export interface Now {
  readonly atLeastMs: number;
  readonly atMostMs: number;
  /** The latest time that a clock could mean. */
  readonly latestMs: number;
}

/** A `Date` header is cut to whole seconds. */
const DATE_RESOLUTION_MS = 1000;
/** No answer of a read takes longer that says anything about time. */
const LONGEST_ANSWER_MS = 60_000;

/**
 * The time by three clocks, any of which may be wrong by any amount: the middle one is right as long as two
 * of them are. The newest record is a clock that may be slow by months. Of two the earlier one counts: too
 * early a time reads a little again, too late a one loses records.
 */
export function tellTime({serverMs, localMs, tookMs, newestMs}: Clocks): Now {
  const took = Math.ceil(Math.min(tookMs, LONGEST_ANSWER_MS));
  const known = [serverMs && serverMs - took, localMs - took, newestMs]
    .filter((each) => each !== undefined)
    .sort((a, b) => a - b);
  const atLeastMs = known[known.length === 3 ? 1 : 0]!;
  const latest = Math.min(localMs, (serverMs ?? Infinity) + DATE_RESOLUTION_MS);
  return {
    atLeastMs,
    atMostMs: Math.max(atLeastMs, latest),
    latestMs: Math.max((serverMs ?? 0) + DATE_RESOLUTION_MS, localMs, newestMs ?? 0),
  };
}

/**
 * A date, or a date and time (RFC 3339, seconds and zone optional; no zone means UTC) -> epoch ms.
 * @throws Error that says what is wrong, for a text of another form or a day that does not exist
 */
export function parseInstant(text: string): number {
  const [, day, time = '00:00', zone = 'Z'] = INSTANT.exec(text) ?? [];
  const asUtc = new Date(`${day}T${time}Z`);
  // 24:00 and 30 February are taken for a time on another day.
  const whole = `${day}T${time.slice(0, 'hh:mm:ss'.length)}`;
  if (Number.isNaN(asUtc.getTime()) || !asUtc.toISOString().startsWith(whole)) {
    throw new Error(`must exist: there is no such date or time as ${text}`);
  }
  const offset = zone.toUpperCase().replace(/^(...):?(..)$/, '$1:$2');
  const instantMs = Date.parse(`${day}T${time}${offset}`);
  if (Number.isNaN(instantMs)) {
    throw new Error(`must exist: there is no such time zone as ${zone}`);
  }
  if (instantMs < 0) {
    throw new Error('must not be before 1970');
  }
  return instantMs;
}

/** Epoch ms -> RFC 3339 in UTC; what no calendar has stays a number. */
export function formatTime(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? `${timeMs} ms` : date.toISOString();
}
