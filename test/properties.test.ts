import {expect, test} from '@jest/globals';
import fc from 'fast-check';

import {Ledger} from './support/ledger';
import {type Scenario, scenario} from './support/scenario';
import {CALM, World} from './support/world';

/** `npm run test:soak` sets SOAK_RUNS, and SOAK_SEED to go through the same again. */
const SOAK_RUNS = Number(process.env['SOAK_RUNS'] ?? 0);
const RUNS = SOAK_RUNS || 300;
const SEED = Number(process.env['SOAK_SEED'] ?? (SOAK_RUNS ? Date.now() % 2 ** 31 : 1));
const TIMEOUT_MS = 60_000 + 1000 * RUNS;

/** Runs a chain of syncs and then, when all has come to light, two that nothing happens to. */
async function holds(chain: Scenario): Promise<void> {
  const world = await World.create(chain);
  try {
    const {events, cloudId, backfillStartMs} = world;
    const ledger = new Ledger(events, cloudId, backfillStartMs);
    const run = async (step: Scenario['steps'][number]): Promise<number> => {
      const startedMs = world.nowMs + step.waitMs;
      const sync = await world.sync(step, ledger.state);
      const mayFail = step.faults.length > 0;
      ledger.enter(sync, {startedMs, endedMs: world.nowMs, mayFail});
      return sync.messages.filter(({record}) => record).length;
    };
    for (const step of chain.steps) {
      await run(step);
    }
    world.rest();
    await run(CALM);
    ledger.close();
    expect(await run(CALM)).toBe(0);
  } finally {
    await world.close();
  }
}

test(
  'any log, any pages, any chain of syncs: each record once',
  async () => {
    await fc.assert(fc.asyncProperty(scenario, holds), {
      numRuns: RUNS,
      seed: SEED,
      endOnFailure: false,
    });
    if (SOAK_RUNS) process.stderr.write(`${RUNS} runs with seed ${SEED}\n`);
  },
  TIMEOUT_MS,
);
