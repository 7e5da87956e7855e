import type {IncomingHttpHeaders} from 'node:http';

const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 20_000;
const MINUTE_MS = 60_000;

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
 * How long the server asks to wait, in ms from now: `Retry-After` in seconds or as a date, and where
 * that asks for nothing, `X-RateLimit-Reset`. Dates are taken against the answer's own `Date`, since
 * the local clock may be wrong.
 * @returns undefined if it does not say, or says something else
 */
export function requestedWaitMs(
  headers: IncomingHttpHeaders,
  localNowMs: number,
): number | undefined {
  const nowMs = parseHttpDate(headers.date) ?? localNowMs;
  const retryAfterMs = parseRetryAfter(headers['retry-after']?.trim() ?? '', nowMs);
  const resetMs = parseReset(headers['x-ratelimit-reset']);
  return retryAfterMs || resetMs === undefined ? retryAfterMs : Math.max(0, resetMs - nowMs);
}

function parseRetryAfter(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) {
    return Math.ceil(Number(text) * 1000);
  }
  const untilMs = parseHttpDate(text);
  return untilMs === undefined ? undefined : Math.max(0, untilMs - nowMs);
}

/**
 * An HTTP date (`Sun, 06 Nov 1994 08:49:37 GMT`) -> epoch ms; undefined for anything else. Date.parse alone
 * takes `later 5` for May 2001, and a date without a zone for local time.
 */
export function parseHttpDate(text = ''): number | undefined {
  const parsed = /^[A-Za-z]{3,9}, .* GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/**
 * Epoch seconds, or an ISO date. Atlassian's is cut to the minute (`yyyy-MM-ddTHH:mmZ`, JRACLOUD-69262),
 * up to 59 s too early (octokit/plugin-throttling#599): it is taken for the end of that minute.
 */
function parseReset(value: string | string[] | undefined): number | undefined {
  const text = String(value ?? '').trim();
  if (/^\d{10}$/.test(text)) {
    return Number(text) * 1000;
  }
  const match = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?/.exec(text);
  const leftOutMs = match?.[1] === undefined ? MINUTE_MS : 0;
  const parsed = match ? Date.parse(text) + leftOutMs : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}
