import type {Spelling} from '../sandbox/spelling';
import type {Shape} from '../sandbox/timeline';

/** What can be measured by itself. */
export const TOPICS = ['start-up', 'speed', 'spellings', 'memory', 'shapes'] as const;
export type Topic = (typeof TOPICS)[number];

/** How answers go out: gzip to who accepts it, as a gateway does, or always plain. */
export type Encoding = 'gzip' | 'plain';

/** How a log is served. */
export interface Service {
  readonly encoding: Encoding;
  /** Of every answer. */
  readonly delayMs: number;
}

/** What is measured, and how often. */
export interface BenchPlan {
  readonly topics: readonly Topic[];
  /** Records in the logs that all contestants read, ascending. */
  readonly sizes: readonly number[];
  readonly runs: number;
  readonly withPeers: boolean;
  /** How often `spec` is started. */
  readonly startUps: number;
  readonly shapeSizes: readonly number[];
  readonly spelledRecords: number;
  readonly slowReaderRecords: number;
  readonly largeRecords: number;
}

/** A request to Atlassian's gateway takes about as long. */
export const DELAY_MS = 150;
export const SHAPES: readonly Shape[] = ['even', 'office', 'bursty', 'burst', 'sparse'];
export const SPELLINGS: readonly Spelling[] = ['nulls and blanks', 'escapes'];
export const SLOW_BYTES_PER_SECOND = 20_000_000;
/** Twenty times the usual size: records with long changed values. */
export const LARGE_RECORD_BYTES = 16_000;

const MOST_DELAYED_RECORDS = 100_000;
const MOST_PLAIN_RECORDS = 1_000_000;
const SHAPE_SIZES = [100, 1000, 10_000, 100_000, 1_000_000];

/** In which ways a log of so many records is served. */
export function servicesOf(records: number): Service[] {
  return [
    {encoding: 'gzip', delayMs: 0},
    ...(records <= MOST_PLAIN_RECORDS ? [{encoding: 'plain', delayMs: 0} as const] : []),
    ...(records <= MOST_DELAYED_RECORDS ? [{encoding: 'gzip', delayMs: DELAY_MS} as const] : []),
  ];
}

/** What can be asked for; the rest of a plan follows from it. */
export interface Wanted {
  readonly topics: readonly Topic[];
  readonly sizes: readonly number[];
  readonly runs: number;
  readonly withPeers: boolean;
}

export function planFor({topics, sizes, runs, withPeers}: Wanted): BenchPlan {
  const ascending = [...sizes].sort((a, b) => a - b);
  const largest = ascending.at(-1) ?? 0;
  return {
    topics,
    sizes: ascending,
    runs,
    withPeers,
    startUps: runs < 3 ? 1 : 11,
    shapeSizes: SHAPE_SIZES.filter((size) => size <= largest),
    spelledRecords: Math.min(100_000, largest),
    slowReaderRecords: Math.min(300_000, largest),
    largeRecords: Math.min(20_000, largest),
  };
}

export const FULL: Wanted = {
  topics: TOPICS,
  sizes: [10_000, 100_000, 1_000_000, 2_000_000],
  runs: 3,
  withPeers: true,
};

export const QUICK: Wanted = {topics: TOPICS, sizes: [10_000, 100_000], runs: 1, withPeers: false};
