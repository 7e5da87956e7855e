import {describe, expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import type {AuditRecord} from '../sandbox/audit-record';
import {generateEvents, generateLog} from '../sandbox/generate';
import {answer, onAudit} from './support/answers';
import {auditRequests, backfill, confluence, DAY, HOUR, NOW} from './support/confluence';
import {type Run, stateInput} from './support/connector';
import {assertExactly} from './support/exactly';
import {read} from './support/resident';

/** Logs and servers as they may well be, of which a collector is easily wrong. */

const MINUTE = 60_000;

/** Different records from `from` on, one every `everyMs`. */
function burst(count: number, from: number, everyMs = 0): AuditRecord[] {
  const times = Array.from({length: count}, (_, n) => from + Math.floor(n * everyMs));
  return generateEvents({seed: 41, times}).map((each, n) => ({...each, summary: `${from} ${n}`}));
}

function even(count: number, from: number, to: number): AuditRecord[] {
  return generateLog({seed: 42, count, from, to, shape: 'even'}).records();
}

/** A sync that goes well. */
async function goodSync(...[input]: Parameters<typeof read>): Promise<Run> {
  const run = await read(input);
  expect(run).toMatchObject({code: 0, stderr: '', errors: []});
  return run;
}

test('a backfill that begins amid a log, with crowds in it and deep offsets', async () => {
  const recent = [
    ...burst(1100, NOW - 29 * DAY, 1),
    ...even(6000, NOW - 20 * DAY, NOW - HOUR),
    ...burst(1100, NOW - 5 * DAY),
  ];
  const sandbox = await confluence({
    log: AuditLog.from([...burst(20, NOW - 60 * DAY, HOUR), ...recent]),
  });
  const start = new Date(NOW - 30 * DAY).toISOString();
  const {records} = await goodSync({config: sandbox.settings({backfill_start_time: start})});
  assertExactly(records, recent);
});

test('crowds in many milliseconds: each is read when it is next, and not again and again', async () => {
  const crowds = Array.from({length: 5}, (_, n) => burst(8000, NOW - (n + 2) * DAY));
  const log = AuditLog.from([...even(900, NOW - 20 * DAY, NOW - HOUR), ...crowds.flat()]);
  const sandbox = await confluence({log});
  const {records} = await goodSync({config: backfill(sandbox)});
  assertExactly(records, log);
  expect(auditRequests(sandbox).length).toBeLessThan(6 * Math.ceil(log.size / 1000));
});

describe('a server that refuses deep offsets', () => {
  test.each([
    [100_000, [...even(900, NOW - 20 * DAY, NOW - HOUR), ...burst(1100, NOW - 3 * DAY)]],
    [1000, even(4000, NOW - 20 * DAY, NOW - HOUR)],
  ])('beyond %i', async (mostStart, events) => {
    const log = AuditLog.from(events);
    const refuse = onAudit(answer(400, {message: 'start too large'}), (_, {params}) => {
      return Number(params.start) > mostStart;
    });
    const sandbox = await confluence({log, intercept: refuse});
    assertExactly((await goodSync({config: backfill(sandbox)})).records, log);
  });
});

test('a backfill start that is moved back, where nothing tells that pages are capped', async () => {
  const log = AuditLog.from([
    ...burst(30, NOW - 200 * DAY, 4 * DAY),
    ...burst(300, NOW - 19 * DAY, HOUR),
  ]);
  const sandbox = await confluence({log, pageCap: 100, nextLink: false, capNotice: 'echo'});
  const syncFrom = (days: number, state?: Run['states'][0]): Promise<Run> => {
    const start = new Date(NOW - days * DAY).toISOString();
    const config = sandbox.settings({backfill_start_time: start});
    return goodSync({config, state: stateInput(state)});
  };
  const first = await syncFrom(20);
  const second = await syncFrom(300, first.states.at(-1));
  assertExactly([...first.records, ...second.records], log);
});

test('replicas of which one lags behind, while much is recorded', async () => {
  let nowMs = NOW;
  const log = AuditLog.from(even(8000, NOW - 7 * HOUR, NOW + 2 * HOUR));
  const sandbox = await confluence({log, now: () => nowMs, replicaLagMs: MINUTE});
  const runs: Run[] = [];
  for (let sync = 0; sync < 4; sync++) {
    const env = {CLOCK_SKEW_MS: String(nowMs - Date.now())};
    const state = stateInput(runs.at(-1)?.states.at(-1));
    runs.push(await goodSync({config: backfill(sandbox), state, env}));
    nowMs += HOUR;
  }
  assertExactly(
    runs.flatMap(({records}) => records),
    log,
  );
});
