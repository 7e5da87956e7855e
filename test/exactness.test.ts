import assert from 'node:assert/strict';

import {describe, expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import {generateEvents, generateLog} from '../sandbox/generate';
import type {SandboxOptions, SandboxRequest} from '../sandbox/options';
import {answer, onAudit, pageOf} from './support/answers';
import {asSent, auditRequests, confluence, DAY, NOW} from './support/confluence';
import type {Message, RecordData, Run} from './support/connector';
import {assertExactly} from './support/exactly';
import {upTo} from './support/numbered-log';
import {read} from './support/resident';

/** Of these there are checkpoints on the way. */
const COUNT = 12_000;
/** Of these there are twenty pages of 100. */
const FEWER = 2_000;
const FROM = NOW - 100 * DAY;
const TO = NOW - 3 * 3_600_000;
const BEFORE_ALL = new Date(FROM - DAY).toISOString();
const EVEN = generateLog({seed: 11, count: COUNT, from: FROM, to: TO, shape: 'even'});
const OFFICE = generateLog({seed: 12, count: COUNT, from: FROM, to: TO, shape: 'office'});
const BURSTY = generateLog({seed: 13, count: COUNT, from: FROM, to: TO, shape: 'bursty'});
const FEWER_EVEN = generateLog({seed: 14, count: FEWER, from: FROM, to: TO, shape: 'even'});
const FEWER_OFFICE = generateLog({seed: 15, count: FEWER, from: FROM, to: TO, shape: 'office'});
const FEWER_BURSTY = generateLog({seed: 16, count: FEWER, from: FROM, to: TO, shape: 'bursty'});

/** So many events in one millisecond, and some before and after. */
const CROWD = crowd(5_000);
const TWINS = crowd(2_000, true);

function crowd(count: number, areTwins = false): AuditLog {
  const times = upTo(count + 15).map((n) => (n < count ? 0 : 90_000 + n));
  const events = generateEvents({seed: 18, times: times.map((afterMs) => FROM + afterMs)});
  const first = events[0]!;
  const inOne = events.map((event, n) => (areTwins && n < count ? first : event));
  const numbered = inOne.map((event, n) => ({...event, summary: areTwins ? '' : String(n)}));
  const before = generateEvents({seed: 19, times: upTo(16).map((n) => FROM - 5000 + n)});
  return AuditLog.from([...before, ...numbered]);
}

/** Bounds a second around the first event of an answer lie on two sides of a half minute. */
const AMID_MINUTES = AuditLog.from(
  generateEvents({
    seed: 20,
    times: upTo(300).map((n) => Math.ceil(FROM / 60_000) * 60_000 + 30_300 + n * 50_000),
  }),
);

const MOST_BETWEEN_CHECKPOINTS = 10_000;
const REQUESTS_OF_FEWEST = 1.12;

type Behaviour = Partial<SandboxOptions> & Pick<SandboxOptions, 'log'>;

/** A backfill from before the first record to the server's now. */
async function readAll(
  behaviour: Behaviour,
  settings: object = {},
): Promise<{run: Run; requests: readonly SandboxRequest[]}> {
  const sandbox = await confluence(behaviour);
  const config = sandbox.settings({backfill_start_time: BEFORE_ALL, ...settings});
  const run = await read({config});
  expect({code: run.code, stderr: run.stderr, errors: run.errors}).toEqual({
    code: 0,
    stderr: '',
    errors: [],
  });
  return {run, requests: auditRequests(sandbox)};
}

/** Asserts that the records are those of the log, each once, all fields as they were sent, oldest first. */
function expectExactly(records: readonly RecordData[], log: AuditLog): void {
  assertExactly(records, log);
  const times = records.map(({creationDate}) => creationDate);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  const written = times.map((time) => new Date(time).toISOString());
  assert.deepEqual(
    records.map(({createdAt}) => createdAt),
    written,
  );
}

/** Asserts that every STATE comes after all that it covers, close enough to the one before it. */
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

async function expectAllOf(
  behaviour: Behaviour,
  settings: object = {},
): Promise<{requests: readonly SandboxRequest[]}> {
  const {run, requests} = await readAll(behaviour, settings);
  expectExactly(run.records, behaviour.log);
  expectCheckpoints(run.messages);
  return {requests};
}

describe('12,000 records come as they are, each once, oldest first', () => {
  test('even, with few requests more than there are pages, and the newest page once', async () => {
    const {requests} = await expectAllOf({log: EVEN});
    const most = REQUESTS_OF_FEWEST * Math.ceil(COUNT / 1000) + 2;
    expect(requests.length).toBeLessThanOrEqual(most);
    const newest = requests.filter(({params}) => params.start === '0' && !params.endDate);
    expect(newest).toHaveLength(1);
  });

  test.each<[string, Behaviour]>([
    ['office hours and group syncs, with twins', {log: OFFICE}],
    ['bursts', {log: BURSTY}],
  ])('%s', async (_, behaviour) => {
    await expectAllOf(behaviour);
  });
});

describe('and so do 2,000, of a server that has', () => {
  test.each<[string, Behaviour]>([
    ['pages of 100', {log: FEWER_EVEN, pageCap: 100}],
    ['pages that are cut anywhere', {log: FEWER_OFFICE, pageCut: 'anywhere'}],
    ['oldest first', {log: FEWER_OFFICE, order: 'oldest first'}],
    ['oldest first, pages of 100', {log: FEWER_BURSTY, order: 'oldest first', pageCap: 100}],
    ['exclusive bounds', {log: FEWER_OFFICE, startInclusive: false, endInclusive: false}],
    [
      'exclusive bounds, oldest first, pages of 100',
      {
        log: FEWER_OFFICE,
        order: 'oldest first',
        pageCap: 100,
        startInclusive: false,
        endInclusive: false,
      },
    ],
    ['only the start inclusive', {log: FEWER_BURSTY, endInclusive: false, pageCap: 100}],
    ['size the total, and no next', {log: FEWER_OFFICE, size: 'total', nextLink: false}],
    [
      'no size, no next, pages of 100',
      {log: FEWER_OFFICE, size: 'absent', nextLink: false, pageCap: 100},
    ],
    [
      'ties in the other order, no compression',
      {log: FEWER_BURSTY, tieOrder: 'reversed', gzip: false},
    ],
    [
      'bounds that are rounded to the nearest minute, oldest first, pages of 25',
      {
        log: AMID_MINUTES,
        order: 'oldest first',
        boundsUnit: 'minute',
        boundsRounding: 'nearest',
        pageCap: 25,
      },
    ],
    ['pages of 25, and 5,000 records in one millisecond', {log: CROWD, pageCap: 25}],
    ['pages of 25, and 2,000 twins in one millisecond', {log: TWINS, pageCap: 25}],
    ['a row that it hides for each', {log: FEWER_OFFICE, filteredRows: 1, pageCap: 100}],
    ['twenty rows that it hides for each', {log: FEWER_EVEN, filteredRows: 20, pageCap: 100}],
    ['offsets that it ignores', {log: FEWER_EVEN, mostStart: 0, pageCap: 100}],
    ['offsets up to 150', {log: FEWER_OFFICE, mostStart: 150, pageCap: 100}],
    [
      'no order, and bounds that are rounded outwards to a day',
      {
        log: FEWER_EVEN,
        order: 'shuffled',
        boundsUnit: 'day',
        boundsRounding: 'outwards',
        pageCap: 100,
      },
    ],
  ])('%s', async (_, behaviour) => {
    await expectAllOf(behaviour);
  });
});

describe('of a server that shows nothing from offset 1,000 on, as a search with a limited result', () => {
  const isBeyond = ({params}: SandboxRequest): boolean => Number(params['start']) >= 1000;
  const intercept = onAudit(answer(200, pageOf([])), (_, request) => isBeyond(request));

  test('2,000 records come', async () => {
    await expectAllOf({log: FEWER_OFFICE, intercept});
  });

  test('and where all of them lie within the lookback', async () => {
    const log = generateLog({seed: 17, count: FEWER, from: NOW - 5 * DAY, to: TO, shape: 'even'});
    await expectAllOf({log, intercept}, {lookback_minutes: 7 * 24 * 60});
  });

  test('more in one millisecond are told as a failure', async () => {
    const thenMs = NOW - 10 * 60_000;
    const log = generateLog({seed: 18, count: 3000, from: thenMs, to: thenMs, shape: 'even'});
    const sandbox = await confluence({log, intercept});
    const run = await read({config: sandbox.settings({backfill_start_time: BEFORE_ALL})});
    expect(run.code).toBe(1);
    expect(run.errors).toMatchObject([{failure_type: 'system_error'}]);
  });
});

test('a quiet year costs a handful of requests', async () => {
  const sandbox = await confluence();
  const start = new Date(NOW - 365 * DAY).toISOString();
  const run = await read({config: sandbox.settings({backfill_start_time: start})});
  expect(run.records.map(asSent)).toEqual([...sandbox.log]);
  expect(auditRequests(sandbox).length).toBeLessThanOrEqual(3);
});
