import {setTimeout as delay} from 'node:timers/promises';

/** Time and chance, handed in wherever they matter so that a test can hold them still. */
export interface Clock {
  /** The local clock, epoch ms. It may be wrong by hours, and may be set while the process runs. */
  now(): number;
  /** Never jumps, and starts anywhere: every wait, timeout and deadline goes by it. */
  monotonicMs(): number;
  /** Resolves after `ms`. */
  sleep(ms: number): Promise<void>;
  /** At least 0 and less than 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => delay(ms),
  random: () => Math.random(),
};
