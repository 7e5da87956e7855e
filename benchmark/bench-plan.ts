import type {Shape} from '../sandbox/timeline';

/** What is measured, and how often. */
export interface BenchPlan {
  /** Records in the logs of the main table, ascending. */
  readonly sizes: readonly number[];
  /** Those of them that are also read with the delay. */
  readonly delayedSizes: readonly number[];
  readonly runs: number;
  readonly growthSizes: readonly number[];
  readonly slowReaderRecords: number;
  readonly startUps: number;
  readonly withPeers: boolean;
}

/** A request to Atlassian's gateway takes about as long. */
export const DELAY_MS = 150;
export const GROWTH_SHAPES: readonly Shape[] = ['even', 'bursty', 'sparse'];
export const SLOW_BYTES_PER_SECOND = 20_000_000;

const MOST_DELAYED_RECORDS = 100_000;
const GROWTH_SIZES = [100, 1000, 10_000, 100_000, 1_000_000];
const SLOW_READER_RECORDS = 300_000;

/** The rest of a plan, from what can be asked for. */
export function planFor(sizes: readonly number[], runs: number, withPeers: boolean): BenchPlan {
  const ascending = [...sizes].sort((a, b) => a - b);
  const largest = ascending.at(-1) ?? 0;
  return {
    sizes: ascending,
    delayedSizes: ascending.filter((size) => size <= MOST_DELAYED_RECORDS),
    runs,
    growthSizes: GROWTH_SIZES.filter((size) => size <= largest),
    slowReaderRecords: Math.min(SLOW_READER_RECORDS, largest),
    startUps: runs < 3 ? 3 : 11,
    withPeers,
  };
}

export const FULL_PLAN = planFor([10_000, 100_000, 1_000_000, 2_000_000], 3, true);
export const QUICK_PLAN = planFor([10_000, 100_000], 1, false);
