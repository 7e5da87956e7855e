/** How much time one bar of the time line covers. */
export type Bucket = 'hour' | 'day' | 'week' | 'year';

/** Events over time. `starts` are the buckets' beginnings in epoch ms, none missing in between. */
export interface TimeLine {
  bucket: Bucket;
  starts: number[];
  totals: number[];
  series: Array<{category: string; counts: number[]}>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1 January 1970 was a Thursday, and weeks begin on Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const MAX_CATEGORIES = 64;
/** The series of all categories that have none of their own. */
export const OTHER = 'Other';

/** Counts events by hour and category: small, and any coarser bucket follows from it. */
export class HourCounts {
  private readonly categories = new Map<string, number>();
  private readonly counts = new Map<number, number>();

  add(at: number, category: string): void {
    const key = Math.floor(at / HOUR_MS) * MAX_CATEGORIES + this.indexOf(category);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** The time line from the first to the last event, with one series for each category named. */
  timeLine(first: number, last: number, shown: readonly string[]): TimeLine {
    const bucket = chooseBucket(last - first);
    const starts = listStarts(bucket, first, last);
    const place = new Map(starts.map((start, index) => [start, index]));
    const series = [...shown, OTHER].map((category) => ({
      category,
      counts: starts.map(() => 0),
    }));
    const totals = starts.map(() => 0);
    const names = [...this.categories.keys()];
    for (const [key, count] of this.counts) {
      const at = Math.floor(key / MAX_CATEGORIES) * HOUR_MS;
      const index = place.get(startOf(bucket, at)) ?? 0;
      const rank = shown.indexOf(names[key % MAX_CATEGORIES] ?? OTHER);
      const counts = series.at(rank)?.counts ?? []; // -1: the last series is Other
      counts[index] = (counts[index] ?? 0) + count;
      totals[index] = (totals[index] ?? 0) + count;
    }
    return {bucket, starts, totals, series: series.filter(({counts}) => counts.some(Boolean))};
  }

  /** 7 rows from Monday to Sunday, 24 hours each, in UTC. */
  week(): number[][] {
    const rows = Array.from({length: 7}, () => Array.from({length: 24}, () => 0));
    for (const [key, count] of this.counts) {
      const hours = Math.floor(key / MAX_CATEGORIES);
      const row = rows[(Math.floor(hours / 24) + 3) % 7] ?? [];
      row[hours % 24] = (row[hours % 24] ?? 0) + count;
    }
    return rows;
  }

  /** The last index is shared by every category that comes after 63 others. */
  private indexOf(category: string): number {
    const known = this.categories.get(category);
    if (known !== undefined) {
      return known;
    }
    const index = this.categories.size;
    if (index >= MAX_CATEGORIES - 1) {
      return MAX_CATEGORIES - 1;
    }
    this.categories.set(category, index);
    return index;
  }
}

/** The finest bucket that still leaves bars wide enough to see. */
export function chooseBucket(spanMs: number): Bucket {
  if (spanMs <= 4 * DAY_MS) {
    return 'hour';
  }
  if (spanMs <= 120 * DAY_MS) {
    return 'day';
  }
  return spanMs <= 6 * 366 * DAY_MS ? 'week' : 'year';
}

/** The beginning of the bucket that an instant lies in, in UTC. */
export function startOf(bucket: Bucket, at: number): number {
  switch (bucket) {
    case 'hour':
      return at - (at % HOUR_MS);
    case 'day':
      return at - (at % DAY_MS);
    case 'week':
      return Math.floor((at - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
    case 'year':
      return Date.UTC(new Date(at).getUTCFullYear(), 0);
  }
}

function listStarts(bucket: Bucket, first: number, last: number): number[] {
  const starts: number[] = [];
  for (let start = startOf(bucket, first); start <= last; start = nextStart(bucket, start)) {
    starts.push(start);
  }
  return starts;
}

function nextStart(bucket: Bucket, start: number): number {
  switch (bucket) {
    case 'hour':
      return start + HOUR_MS;
    case 'day':
      return start + DAY_MS;
    case 'week':
      return start + WEEK_MS;
    case 'year':
      return Date.UTC(new Date(start).getUTCFullYear() + 1, 0);
  }
}
