import {Random} from '../../sandbox/random';
import type {Behaviour} from './behaviour';
import type {Happening} from './happening';

/** Of so many records, one has a run of hidden rows before it. */
const RUNS_ONE_IN = 6;

/** The log with the rows that no answer shows, and that paging counts: this account may not see them. */
export function withHidden(
  happenings: readonly Happening[],
  {filtered, cap}: Behaviour,
  seed: number,
): Happening[] {
  const random = new Random(seed);
  return happenings.flatMap((happening) => {
    const hidden = {...happening, json: undefined};
    switch (filtered) {
      case 'none':
        return [happening];
      case 'thin':
        return random.chance(0.5) ? [happening, hidden] : [hidden, happening];
      case 'runs':
        return random.chance(1 / RUNS_ONE_IN)
          ? [...Array.from({length: Math.min(cap, 60) + 1}, () => hidden), happening]
          : [happening];
    }
  });
}
