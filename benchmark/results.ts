import type {Spelling} from '../sandbox/spelling';
import type {Shape} from '../sandbox/timeline';
import type {Service} from './bench-plan';
import type {ContestantName} from './contestants';

/**
 * What benchmark/results.json holds: every run, what was made of them, and on which machine. What was
 * not asked for is absent or empty.
 */
export interface Results {
  /** RFC 3339. */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** How CPU time and memory were taken. */
  readonly meter: string;
  readonly startUp?: StartUp;
  readonly cases: readonly Case[];
  readonly spellings: readonly Spelled[];
  readonly slowReader?: SlowReader;
  readonly large?: Large;
  readonly growth: readonly Growth[];
  readonly checks: readonly Check[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
}

/** One whole run of one contestant. */
export interface Figures {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryMb: number;
  readonly requests: number;
  readonly mostInFlight: number;
}

export interface Measured {
  readonly runs: readonly Figures[];
  readonly median: Figures;
}

/** The same even log, read by all. */
export interface Case extends Service {
  readonly records: number;
  readonly contestants: readonly Standing[];
  readonly leftOut: readonly LeftOut[];
}

export interface Standing extends Measured {
  readonly name: ContestantName;
  readonly recordsPerSecond: number;
  /** Its time by the bare client's, and by the connector's: medians over the rounds. */
  readonly timesBareClient: number;
  readonly timesConnector: number;
}

export interface LeftOut {
  readonly name: ContestantName;
  readonly why: string;
}

/** The connector with a reader that takes no more than so much. */
export interface SlowReader extends Measured {
  readonly records: number;
  readonly bytesPerSecond: number;
}

/** The connector with an even log in another spelling of the JSON, gzip, no delay. */
export interface Spelled extends Measured {
  readonly spelling: Spelling;
  readonly records: number;
  /** Its time by its time for the usual spelling, and the same of the bare client. */
  readonly timesUsual: number;
  readonly bareTimesUsual: number;
}

/** The connector with records of so many bytes, gzip, no delay. */
export interface Large extends Measured {
  readonly records: number;
  readonly recordBytes: number;
}

/** The connector, gzip, no delay. */
export interface Growth extends Measured {
  readonly shape: Shape;
  readonly records: number;
}

/** `bin/main spec` beside `node -e 0`, seconds of wall time. */
export interface StartUp {
  readonly specSeconds: readonly number[];
  readonly nodeSeconds: readonly number[];
  /** Median over the pairs. */
  readonly ratio: number;
}

/** A figure that the project has set itself, and whether it is reached. */
export interface Check {
  readonly what: string;
  readonly figure: number;
  readonly atMost: number;
  readonly unit: string;
  readonly isMet: boolean;
}
