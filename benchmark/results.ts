import type {Shape} from '../sandbox/timeline';
import type {ContestantName} from './contestants';

/** What benchmark/results.json holds: every run, what was made of them, and on which machine. */
export interface Results {
  /** RFC 3339. */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** How CPU time and memory were taken. */
  readonly meter: string;
  readonly cases: readonly Case[];
  readonly slowReader: SlowReader;
  readonly growth: readonly Growth[];
  readonly startUp: StartUp;
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
export interface Case {
  readonly records: number;
  readonly delayMs: number;
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

/** The connector, with no delay. */
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
