import type {SeededFault} from './seeded-fault';

const HONEST_CHAINS = {simulator: 'chains --syncs 2000 --lies 0 --without lag,clocks'} as const;

/** Faults on purpose, each with what notices it. docs/how-it-is-tested.md has them as a table. */
export const FAULTS: readonly SeededFault[] = [
  {
    name: 'the cursor is the newest record seen, at once (Elastic)',
    patches: [],
    caughtBy: HONEST_CHAINS,
  },
];
