import {expect, test} from '@jest/globals';

import {randomChain} from './random-chain';
import {runServedChain} from './served';
import {TROUBLES} from './simplify';

/** Seeds of chains that hold much: logs of many records, faults, kills, late records, lies. */
const SEEDS = [4, 9, 16, 21, 38, 54, 77, 85];

test.each(SEEDS)(
  'a chain through bin/main and sockets: each record once (seed %i)',
  async (seed) => {
    const chain = ['lag', 'clocks'].reduce(
      (made, trouble) => TROUBLES[trouble]!(made),
      randomChain(seed, {mostLies: seed % 2}),
    );
    expect((await runServedChain(chain)).violations).toEqual([]);
  },
);
