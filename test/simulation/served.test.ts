import {expect, test} from '@jest/globals';

import {randomChain} from './random-chain';
import {runServedChain} from './served';
import {TROUBLES} from './simplify';

/** Chains that hold much: logs of many records, faults, kills, late records. A seed, and the most signs that lie. */
const CHAINS = [
  [4, 0],
  [16, 0],
  [38, 0],
  [54, 0],
  [9, 1],
  [13, 1],
  [15, 1],
  [21, 1],
  [27, 1],
  [67, 1],
  [77, 1],
  [85, 1],
  [117, 1],
  [189, 1],
  [211, 1],
  [326, 2],
  [842, 2],
] as const;

test.each(CHAINS)(
  'a chain through bin/main and sockets: each record once (seed %i, at most %i signs lie)',
  async (seed, mostLies) => {
    const chain = ['lag', 'clocks'].reduce(
      (made, trouble) => TROUBLES[trouble]!(made),
      randomChain(seed, {mostLies}),
    );
    expect((await runServedChain(chain)).violations).toEqual([]);
  },
);
