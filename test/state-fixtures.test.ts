import {describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {AuditLog} from '../sandbox/audit-log';
import type {AuditRecord} from '../sandbox/audit-record';
import {DAY, HOUR, NOW, asSent, confluence} from './support/confluence';
import {type RecordData, stateInput, type StreamState} from './support/connector';
import {assertExactly} from './support/exactly';
import {type Sync, syncInProcess, VirtualClock} from './support/in-process';
import {read} from './support/resident';

const STATES = join(__dirname, '..', 'test_files', 'states');
const MINUTE = 60_000;

/** Not from the sandbox's generator: the ids in the files below rest on every byte of it. */
function event(timeMs: number, name: string): AuditRecord {
  return {
    author: {
      type: 'user',
      displayName: 'Ann Author',
      operations: null,
      accountId: '5b10a2844c20165700ede21g',
    },
    remoteAddress: '203.0.113.7',
    creationDate: timeMs,
    summary: 'User added to group',
    description: '',
    category: 'Users and groups',
    sysAdmin: false,
    superAdmin: false,
    affectedObject: {name, objectType: 'User'},
    changedValues: [{name: 'Groups', oldValue: '', newValue: 'Équipe "Süd"'}],
    associatedObjects: [{name: 'confluence-users', objectType: 'Group'}],
  };
}

/** `count` events, `gapMs` apart, the last one at `lastMs`. */
function events(count: number, gapMs: number, lastMs: number): AuditRecord[] {
  return Array.from({length: count}, (_, n) =>
    event(lastMs - (count - 1 - n) * gapMs, `user ${n}`),
  );
}

interface Saved {
  readonly log: readonly AuditRecord[];
  /** Messages after which the process dies. */
  readonly crashAfter?: number;
}

/** The syncs that wrote the states, each the first of its log and at NOW. */
const SAVED: Readonly<Record<string, Saved>> = {
  'v1-quiet-site.json': {
    log: [
      event(NOW - 20 * DAY, 'old'),
      event(NOW - 20 * MINUTE, 'twin'),
      event(NOW - 20 * MINUTE, 'twin'),
    ],
  },
  'v1-mid-backfill.json': {
    log: events(9000, 3 * MINUTE, NOW - DAY),
    crashAfter: 7000,
  },
  'v1-full-lookback.json': {log: events(10_000, 300, NOW - 10)},
};

async function sync(
  log: readonly AuditRecord[],
  nowMs: number,
  state?: StreamState,
  crashAfter?: number,
): Promise<Sync & {records: RecordData[]; state: StreamState; stateBytes: number}> {
  const clock = new VirtualClock(nowMs);
  const sandbox = await confluence({log: AuditLog.from(log), now: () => clock.now(), gzip: false});
  const settings = sandbox.settings({backfill_start_time: new Date(NOW - 300 * DAY).toISOString()});
  const run = await syncInProcess({settings, state, clock, crashAfter});
  expect(run.failure).toBeUndefined();
  const last = run.messages.findLast((message) => message.state)!;
  return {
    ...run,
    records: run.messages.flatMap(({record}) => (record ? [record.data] : [])),
    state: last.state!.stream.stream_state,
    stateBytes: Buffer.byteLength(JSON.stringify(last)),
  };
}

function readSaved(file: string): StreamState {
  return JSON.parse(readFileSync(join(STATES, file), 'utf8')) as StreamState;
}

describe.each(Object.entries(SAVED))('%s', (file, {log, crashAfter}) => {
  test('is gone on from: what surfaced late and what is new comes, and nothing else', async () => {
    const news = [
      event(NOW - 30 * MINUTE, 'late'),
      event(NOW - 20 * MINUTE, 'twin'),
      event(NOW - 10, 'late in the millisecond of the last one'),
      event(NOW + HOUR, 'new'),
    ];
    const saved = readSaved(file);
    const {records} = await sync([...log, ...news], NOW + 2 * HOUR, saved);
    const rest = log.filter(({creationDate}) => creationDate > saved.creationDate);
    expect(rest.length > 0).toBe(crashAfter !== undefined);
    assertExactly(records, [...rest, ...news]);
  });
});

test('a state of before is gone on from by the program, too', async () => {
  const [file, {log}] = Object.entries(SAVED)[0]!;
  const late = event(NOW - 30 * MINUTE, 'late');
  const sandbox = await confluence({log: AuditLog.from([...log, late]), now: () => NOW + MINUTE});
  const config = sandbox.settings({backfill_start_time: new Date(NOW - 300 * DAY).toISOString()});
  const run = await read({config, state: stateInput(readSaved(file))});
  expect(run).toMatchObject({code: 0, errors: []});
  assertExactly(run.records, [late]);
});

describe('the size of a STATE message', () => {
  test('is below 1 kB on a quiet site', async () => {
    const {stateBytes} = await sync(SAVED['v1-quiet-site.json']!.log, NOW);
    expect(stateBytes).toBeLessThan(1000);
  });

  test('is below 450 kB whatever happened; then the oldest come again, under the same ids, with a warning', async () => {
    const log = [...events(12_000, 200, NOW - 10), ...events(300, 1, NOW - 5 * MINUTE)];
    const one = await sync(log, NOW);
    expect(one.stateBytes).toBeGreaterThan(200_000);
    expect(one.stateBytes).toBeLessThan(450_000);
    expect(one.warnings).toEqual([
      expect.stringContaining('More than 10,000 records lie within the lookback'),
    ]);
    assertExactly(one.records, log);

    const late = event(NOW - 40 * MINUTE, 'late');
    const two = await sync([...log, late], NOW + MINUTE, one.state);
    const isLate = (record: RecordData): boolean =>
      JSON.stringify(asSent(record)) === JSON.stringify(late);
    const repeated = two.records.filter((record) => !isLate(record));
    expect(two.records.length - repeated.length).toBe(1);
    expect(repeated).toEqual(one.records.slice(0, 2300));
    expect(two.stateBytes).toBeLessThan(450_000);
  });

  test('does not grow while a sync goes on within a full lookback', async () => {
    const log = events(30_000, 60, NOW - 10);
    const {messages, records, warnings} = await sync(log, NOW);
    assertExactly(records, log);
    expect(warnings).toHaveLength(1);
    for (const message of messages) {
      if (message.state) {
        expect(JSON.stringify(message).length).toBeLessThan(450_000);
      }
    }
  });
});
