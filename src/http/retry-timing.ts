import type {IncomingHttpHeaders} from 'node:http';

const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 20_000;
const MINUTE_MS = 60_000;
/** A wait that a server asks for and that is longer than this is a failure at once. */
export const MAX_WAIT_MS = 15 * MINUTE_MS;

/** How long to wait after try `tries` (1, 2, …) failed: exponential, ±25 % by `random` in [0, 1). */
export function backoffMs(tries: number, random: number): number {
  const even = Math.min(BACKOFF_BASE_MS * 2 ** (tries - 1), BACKOFF_CAP_MS);
  return Math.round(even * (0.75 + random / 2));
}

/** A server's own wait, and a little more so that several clients do not come back as one; never less. */
export function jitterMs(waitMs: number, random: number): number {
  return Math.round(waitMs + random * (250 + waitMs / 10));
}

/**
 * How long the server asks to wait, in ms from now: the longer of `Retry-After`, in seconds or as a date,
 * and `X-RateLimit-Reset`; undefined if it does not say, or says something else. Dates are taken against
 * the answer's own `Date`, since the local clock may be wrong.
 */
export function requestedWaitMs(
  {date, 'retry-after': after = '', 'x-ratelimit-reset': reset}: IncomingHttpHeaders,
  localNowMs: number,
): number | undefined {
  const nowMs = parseHttpDate(date) ?? localNowMs;
  const seconds = /^\d+(\.\d+)?$/.test(after.trim()) ? Number(after) : NaN;
  const waits = [
    Math.ceil(seconds * 1000),
    (parseHttpDate(after.trim()) ?? NaN) - nowMs,
    untilReset(String(reset).trim(), nowMs),
  ].filter((ms) => !Number.isNaN(ms));
  return waits.length > 0 ? Math.max(0, ...waits) : undefined;
}

/**
 * `Sun, 06 Nov 1994 08:49:37 GMT` -> epoch ms; undefined for anything else. Date.parse alone takes `later 5`
 * for May 2001, and a date without a zone for local time.
 */
export function parseHttpDate(text = ''): number | undefined {
  const parsed = /^[A-Za-z]{3,9}, .* GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/**
 * Epoch seconds, or an ISO date -> ms from now; NaN for anything else. Atlassian's is cut to the minute
 * (`yyyy-MM-ddTHH:mmZ`, JRACLOUD-69262) and ends with it, but what is added for that makes no wait too long.
 */
function untilReset(text: string, nowMs: number): number {
  if (/^\d{10}$/.test(text)) {
    return Number(text) * 1000 - nowMs;
  }
  const match = /^[\d-]{10}T\d{2}:\d{2}(:[\d.]+)?(?:Z|[+-]\d{2}:?\d{2})$/.exec(text);
  const saidMs = match ? Date.parse(text) - nowMs : NaN;
  const leftOutMs = match?.[1] === undefined ? MINUTE_MS : 0;
  return Math.max(saidMs, Math.min(saidMs + leftOutMs, MAX_WAIT_MS));
}
