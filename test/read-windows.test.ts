import {expect, test} from '@jest/globals';
import {setImmediate as turn} from 'node:timers/promises';

import {Random} from '../sandbox/random';
import type {AuditAnswer, AuditApi, AuditQuery} from '../src/confluence/audit-api';
import type {AuditRecord} from '../src/confluence/page';
import {Failure} from '../src/errors';
import {LogServer} from '../src/reading/log-server';
import {readWindow} from '../src/reading/read-windows';

const PAGE = 50;
const ALL = {fromMs: 0, toMs: Infinity};
/** The pages of four windows, which were asked for at once: those that wait for their turn the API drops. */
const MOST_UNDER_WAY = 4 * 6;

/** A log, newest first. */
function logOf(count: number): AuditRecord[] {
  return Array.from({length: count}, (_, n) => ({
    timeMs: 1_000_000 + 1000 * (count - n),
    hash: String(n),
    json: Buffer.from('{}'),
    replaced: 0,
  }));
}

function answerTo(
  log: readonly AuditRecord[],
  {startDate = 0, endDate = Infinity, start = 0, limit}: AuditQuery,
  most = PAGE,
): AuditAnswer {
  const found = log.filter(({timeMs}) => timeMs >= startDate && timeMs <= endDate);
  const records = found.slice(start, start + Math.min(limit, most));
  const hasNext = start + records.length < found.length;
  const page = {records, limit: most, hasNext, bytes: 700 * records.length};
  return {page, limit, serverTimeMs: undefined, tookMs: 0};
}

function serverOf(
  log: readonly AuditRecord[],
  getPage: (query: AuditQuery) => Promise<AuditAnswer>,
  stop = (): void => undefined,
): LogServer {
  const server = new LogServer({getPage, stop} as unknown as AuditApi);
  server.nowMs = log[0]!.timeMs;
  return server;
}

test.each([100, 140, 180])(
  'after a failure nothing more is asked for, while what is proven is handed on: request %i',
  async (failing) => {
    const log = logOf(20_000);
    let asked = 0;
    let stops = 0;
    const getPage = async (query: AuditQuery): Promise<AuditAnswer> => {
      const number = ++asked;
      await turn();
      if (number === failing) {
        throw new Failure('unavailable', 'no');
      }
      return answerTo(log, query);
    };
    const server = serverOf(log, getPage, () => stops++);
    const read = async (): Promise<void> => {
      const deps = {server, unsettledFromMs: Infinity, first: undefined};
      for await (const _ of readWindow(ALL, deps)) {
        // Whoever writes takes longer than a request.
        for (let turns = 0; turns < 50; turns++) {
          await turn();
        }
      }
    };
    await expect(read()).rejects.toThrow('no');
    expect(stops).toBeGreaterThan(0);
    expect(asked - failing).toBeLessThanOrEqual(MOST_UNDER_WAY);
  },
);

test('a server that ignores offsets is asked for what one answer holds', async () => {
  const log = logOf(10_000);
  const server = serverOf(log, async (query) => answerTo(log, {...query, start: 0}, 1000));
  const times: number[] = [];
  const deps = {server, unsettledFromMs: Infinity, first: undefined};
  for await (const {records} of readWindow(ALL, deps)) {
    times.push(...records.map(({timeMs}) => timeMs));
  }
  expect(times).toEqual(log.map(({timeMs}) => timeMs).toReversed());
  // Pages that come again and again cost twice as much.
  expect(server.counts.rows).toBeLessThanOrEqual(4 * log.length);
});

test('an empty page with `next` is not the end: more rows than a page may be hidden', async () => {
  const log = logOf(200);
  const hidden = new Set(log.slice(80, 145));
  const server = serverOf(log, async (query) => {
    const {page, ...rest} = answerTo(log, query);
    const records = page.records.filter((record) => !hidden.has(record));
    return {...rest, page: {...page, records}};
  });
  const times: number[] = [];
  const deps = {server, unsettledFromMs: Infinity, first: undefined};
  for await (const {records} of readWindow(ALL, deps)) {
    times.push(...records.map(({timeMs}) => timeMs));
  }
  const shown = log.filter((record) => !hidden.has(record));
  expect(times).toEqual(shown.map(({timeMs}) => timeMs).toReversed());
});

/** Crowds of records with silence between them, newest first; but a late one, which was taken in first, stands last. */
function crowdsWithALateOne(seed: number): AuditRecord[] {
  const random = new Random(seed);
  const most = random.integer(50, 400);
  let timeMs = 1_000_000;
  const log = Array.from({length: random.integer(500, 2500)}, (_, n) => {
    timeMs += n % most === 0 ? random.integer(1, 5_000_000) : random.integer(1, 20);
    timeMs += random.chance(0.02) ? random.integer(1, 200_000) : 0;
    return {timeMs, hash: String(n), json: Buffer.from('{}'), replaced: 0};
  }).toReversed();
  const [late] = log.splice(random.integer(5, 300), 1);
  return [...log, late!];
}

test('a record that stands last, though it happened late, comes', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const log = crowdsWithALateOne(seed);
    const server = serverOf(log, async (query) => answerTo(log, query));
    const came: AuditRecord[] = [];
    const deps = {server, unsettledFromMs: Infinity, first: undefined};
    for await (const {records} of readWindow(ALL, deps)) {
      came.push(...records);
    }
    const times = came.map((record) => record.timeMs);
    expect(times).toEqual(log.map((record) => record.timeMs).sort((a, b) => a - b));
  }
});

test('requests that tell nothing for sure come to an end', async () => {
  const server = serverOf(logOf(1), async (query) => answerTo([], query));
  const ask = async (): Promise<void> => {
    for (let times = 0; times < 1000; times++) {
      await server.ask({fromMs: 0, toMs: 1000});
    }
  };
  await expect(ask()).rejects.toThrow(/contradict each other/);
});
