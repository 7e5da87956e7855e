/** The middle one of an odd number of figures, the mean of the middle two of an even number. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const lower = Math.ceil(sorted.length / 2) - 1;
  return ((sorted[lower] ?? NaN) + (sorted[upper] ?? NaN)) / 2;
}

/** The median of each figure by itself. */
export function medianOfEach<T extends object>(runs: readonly (T & Record<keyof T, number>)[]): T {
  const names = Object.keys(runs[0] ?? {}) as (keyof T)[];
  const medians = names.map((name) => [name, median(runs.map((run) => run[name]))]);
  return Object.fromEntries(medians) as T;
}

/**
 * How `figures` compare with `others`, pair by pair: the n-th of both were measured one right after
 * the other, since a machine's speed drifts.
 */
export function medianRatio(figures: readonly number[], others: readonly number[]): number {
  return median(figures.map((figure, index) => figure / (others[index] ?? NaN)));
}
