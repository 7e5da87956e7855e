import type {Bucket} from './time-line';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NUMBER = new Intl.NumberFormat('en-US');

/** `50000` -> `50,000`. */
export function formatNumber(value: number): string {
  return NUMBER.format(value);
}

/** A count and its noun: `1 record`, `2,000 records`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** The share of a whole: `12%`, `<1%`, `0%`. */
export function formatShare(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole;
  return percent > 0 && percent < 1 ? '<1%' : `${Math.round(percent)}%`;
}

/** Epoch ms -> `3 Mar 2026`, the day in UTC. */
export function formatDay(at: number): string {
  return `${formatShortDay(at)} ${new Date(at).getUTCFullYear()}`;
}

/** Epoch ms -> `3 Mar 2026, 14:05`, in UTC. */
export function formatMinute(at: number): string {
  return `${formatDay(at)}, ${clock(at)}`;
}

/** A bucket as a tick under the time line. */
export function formatTick(bucket: Bucket, start: number): string {
  switch (bucket) {
    case 'hour':
      return `${formatShortDay(start)} ${clock(start)}`;
    case 'day':
    case 'week':
      return formatShortDay(start);
    case 'year':
      return String(new Date(start).getUTCFullYear());
  }
}

/** A bucket in full: `3 Mar 2026`, `3 Mar 2026, 14:00`, `week of 2 Mar 2026`, `2026`. */
export function formatBucket(bucket: Bucket, start: number): string {
  switch (bucket) {
    case 'hour':
      return formatMinute(start);
    case 'day':
      return formatDay(start);
    case 'week':
      return `week of ${formatDay(start)}`;
    case 'year':
      return formatTick(bucket, start);
  }
}

function formatShortDay(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** Seconds, with as many digits as a person reads. */
export function formatDuration(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`;
}
