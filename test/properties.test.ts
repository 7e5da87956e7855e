import {expect, test} from '@jest/globals';
import fc from 'fast-check';

import {Ledger} from './support/ledger';
import {type Scenario, scenario, type Step} from './support/scenario';
import {runs, SOAK_TIMEOUT_MS} from './support/soak';
import {CALM, World} from './support/world';

/** Runs a chain of syncs and then, when all has come to light, two that nothing happens to. */
async function holds(chain: Scenario): Promise<void> {
  const world = await World.create(chain);
  try {
    const {events, cloudId, backfillStartMs} = world;
    const ledger = new Ledger(events, cloudId, backfillStartMs);
    const run = async (step: Step): Promise<number> => {
      const startedMs = world.nowMs + step.waitMs;
      const sync = await world.sync(step, ledger.state);
      const mayFail = step.faults.length > 0;
      const {dateBehindMs} = step;
      ledger.enter(sync, {startedMs, endedMs: world.nowMs, dateBehindMs, mayFail});
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
  'any log, any pages, any chain of syncs, late records, crashes and faults: each record once',
  () => fc.assert(fc.asyncProperty(scenario, holds), runs(300)),
  SOAK_TIMEOUT_MS,
);
