import type {Shape} from '../sandbox/timeline';

const DAY_MS = 24 * 3_600_000;

/** A log to measure with: made once, served to all. */
export interface LogPlan {
  readonly records: number;
  readonly shape: Shape;
}

/** The server's clock, epoch ms: it stands still, so that each run has the same log to read. */
export const NOW = Date.UTC(2026, 5, 15, 12);

/** Where the log begins and ends, epoch ms: the most that Confluence keeps, less some days. */
export const LOG_FROM = NOW - 360 * DAY_MS;
export const LOG_TO = NOW - DAY_MS;

export const SEED = 20_260_615;
