import {isDeepStrictEqual} from 'node:util';

import {describe, expect, test} from '@jest/globals';

import type {AuditRecord} from '../sandbox/audit-record';
import {generateLog} from '../sandbox/generate';
import type {SandboxOptions} from '../sandbox/options';
import {asSent, auditRequests, confluence, DAY, NOW} from './support/confluence';
import {type Message, read, type RecordData, type Run} from './support/connector';

const COUNT = 20_000;
const FROM = NOW - 100 * DAY;
const TO = NOW - 3 * 3_600_000;
const EVEN = generateLog({seed: 11, count: COUNT, from: FROM, to: TO, shape: 'even'});
const OFFICE = generateLog({seed: 12, count: COUNT, from: FROM, to: TO, shape: 'office'});
const BURSTY = generateLog({seed: 13, count: COUNT, from: FROM, to: TO, shape: 'bursty'});

const MOST_BETWEEN_CHECKPOINTS = 10_000;
const REQUESTS_OF_FEWEST = 1.12;

type Behaviour = Partial<SandboxOptions> & Pick<SandboxOptions, 'log'>;

/** A backfill from before the first record to the server's now. */
async function readAll(behaviour: Behaviour): Promise<{run: Run; requests: number}> {
  const sandbox = await confluence(behaviour);
  const start = new Date(FROM - DAY).toISOString();
  const run = await read({config: sandbox.settings({backfill_start_time: start})});
  expect({code: run.code, stderr: run.stderr, errors: run.errors}).toEqual({
    code: 0,
    stderr: '',
    errors: [],
  });
  return {run, requests: auditRequests(sandbox).length};
}

/**
 * Asserts that the records are those of the log, each once, all fields as they were sent, oldest
 * first. Records of one millisecond have no order of their own, so they are compared as a set.
 */
function expectExactly(records: readonly RecordData[], log: Iterable<AuditRecord>): void {
  const expected = [...log];
  expect(records).toHaveLength(expected.length);
  expect(new Set(records.map(({id}) => id)).size).toBe(expected.length);
  expect(records.map(({createdAt}) => createdAt)).toEqual(
    expected.map(({creationDate}) => new Date(creationDate).toISOString()),
  );
  for (let start = 0; start < expected.length;) {
    const time = expected[start]!.creationDate;
    let end = start;
    while (expected[end]?.creationDate === time) {
      end++;
    }
    expectSame(records.slice(start, end).map(asSent), expected.slice(start, end));
    start = end;
  }
}

function expectSame(found: object[], wanted: AuditRecord[]): void {
  const left = [...wanted];
  for (const record of found) {
    const at = left.findIndex((each) => isDeepStrictEqual(each, record));
    if (at === -1) {
      throw new Error(`not in the log: ${JSON.stringify(record)}, but ${JSON.stringify(left)}`);
    }
    left.splice(at, 1);
  }
}

/** Asserts that every STATE stands behind all that it covers, close enough to the one before it. */
function expectCheckpoints(messages: readonly Message[]): void {
  let sinceCheckpoint = 0;
  let cursor = 0;
  let earliest = Infinity;
  let latest = 0;
  for (const {record, state} of messages) {
    if (record) {
      sinceCheckpoint++;
      latest = record.data.creationDate;
      earliest = Math.min(earliest, latest);
    }
    if (state) {
      expect(state.sourceStats.recordCount).toBe(sinceCheckpoint);
      expect(sinceCheckpoint).toBeLessThanOrEqual(MOST_BETWEEN_CHECKPOINTS);
      const {creationDate} = state.stream.stream_state;
      expect(earliest).toBeGreaterThan(cursor);
      earliest = Infinity;
      expect(creationDate).toBeGreaterThanOrEqual(Math.max(cursor, latest));
      cursor = creationDate;
      sinceCheckpoint = 0;
    }
  }
  expect(sinceCheckpoint).toBe(0);
}

describe('20,000 records come as they are, each once, oldest first', () => {
  test.each<[string, Behaviour]>([
    ['even', {log: EVEN}],
    ['pages of 100', {log: EVEN, pageCap: 100}],
    ['office hours and group syncs, with twins', {log: OFFICE}],
    ['bursts', {log: BURSTY}],
    ['oldest first', {log: OFFICE, order: 'oldest first'}],
    ['oldest first, pages of 100', {log: BURSTY, order: 'oldest first', pageCap: 100}],
    ['exclusive bounds', {log: OFFICE, startInclusive: false, endInclusive: false}],
    [
      'exclusive bounds, oldest first, pages of 100',
      {
        log: OFFICE,
        order: 'oldest first',
        pageCap: 100,
        startInclusive: false,
        endInclusive: false,
      },
    ],
    ['only the start inclusive', {log: BURSTY, endInclusive: false, pageCap: 100}],
    ['size is the total, and no next', {log: OFFICE, size: 'total', nextLink: false}],
    [
      'no size, no next, pages of 100',
      {log: OFFICE, size: 'absent', nextLink: false, pageCap: 100},
    ],
    ['ties in the other order, no compression', {log: BURSTY, tieOrder: 'reversed', gzip: false}],
  ])('%s', async (_, behaviour) => {
    const {run} = await readAll(behaviour);
    expectExactly(run.records, behaviour.log);
    expectCheckpoints(run.messages);
  });
});

test('an even log takes few requests more than it has pages', async () => {
  const {requests} = await readAll({log: EVEN});
  expect(requests).toBeLessThanOrEqual(REQUESTS_OF_FEWEST * Math.ceil(COUNT / 1000) + 3);
});

test('a quiet year costs a handful of requests', async () => {
  const sandbox = await confluence();
  const start = new Date(NOW - 365 * DAY).toISOString();
  const run = await read({config: sandbox.settings({backfill_start_time: start})});
  expect(run.records.map(asSent)).toEqual([...sandbox.log]);
  expect(auditRequests(sandbox).length).toBeLessThanOrEqual(3);
});
