import {expect, test} from '@jest/globals';

import {auditRequests, backfill, confluence, DAY, logOf, NOW} from './support/confluence';
import {type Run, type StreamState, stateInput} from './support/connector';
import {assertExactly} from './support/exactly';
import {read} from './support/resident';

/** Promises of the README that are held through the program here, and nowhere else as plainly. */

async function goodSync(...args: Parameters<typeof read>): Promise<Run & {state: StreamState}> {
  const run = await read(...args);
  expect(run).toMatchObject({code: 0, stderr: '', errors: []});
  return {...run, state: run.states.at(-1)!};
}

test('a sync with nothing new costs two requests at most', async () => {
  let nowMs = NOW;
  const sandbox = await confluence({log: logOf(5000), now: () => nowMs});
  const {state, records} = await goodSync({config: backfill(sandbox)});
  assertExactly(records, sandbox.log);
  for (const later of [60_000, DAY, 30 * DAY]) {
    nowMs = NOW + later;
    const before = auditRequests(sandbox).length;
    const again = await goodSync({config: backfill(sandbox), state: stateInput(state)});
    expect(again.records).toEqual([]);
    expect(auditRequests(sandbox).length - before).toBeLessThanOrEqual(2);
  }
});

test('a backfill start that is moved back brings what lies in between, each record once', async () => {
  const sandbox = await confluence({log: logOf(3000)});
  const syncFrom = (startMs: number, state?: StreamState): ReturnType<typeof goodSync> =>
    goodSync({
      config: sandbox.settings({backfill_start_time: new Date(startMs).toISOString()}),
      state: stateInput(state),
    });
  const late = await syncFrom(NOW - DAY);
  expect(late.records.length).toBeGreaterThan(0);
  const moved = await syncFrom(NOW - 30 * DAY, late.state);
  expect(moved.records.length).toBeGreaterThan(0);
  assertExactly([...late.records, ...moved.records], sandbox.log);
  const forward = await syncFrom(NOW - DAY, moved.state);
  expect(forward.records).toEqual([]);
});
