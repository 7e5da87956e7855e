import {describe, expect, test} from '@jest/globals';

import {Random} from '../sandbox/random';
import type {AuditRecord} from '../src/confluence/page';
import type {AuditApi, AuditQuery} from '../src/confluence/audit-api';
import {readByPlace} from '../src/reading/by-place';
import {LogServer} from '../src/reading/log-server';

const AT = 1000;
const PAGE = 10;
const WINDOW = {fromMs: AT, toMs: AT};
const SPAN = {fromMs: AT, toMs: AT + 60_000};
const WHOLE = {window: WINDOW, span: SPAN, unsettledFromMs: Infinity, mostPages: Infinity};

/** A row by its name: `a` is a record of the window, `a+3` one that happened 3 ms after it. */
function record(row: string): AuditRecord {
  const [, afterMs = 0] = row.split('+');
  return {timeMs: AT + Number(afterMs), hash: row, json: Buffer.from('{}'), replaced: 0};
}

/** A server whose pages hold PAGE rows. @param rowsAt what it has, in its order, when it is asked */
function serverOf(
  rowsAt: (query: AuditQuery) => readonly string[],
  offsetOf = (start: number): number => start,
): LogServer {
  const getPage: AuditApi['getPage'] = async (query) => {
    const {start = 0, limit} = query;
    const offset = offsetOf(start);
    const rows = rowsAt(query);
    const records = rows.slice(offset, offset + Math.min(limit, PAGE)).map(record);
    const hasNext = offset + records.length < rows.length;
    return {
      page: {records, limit: Math.min(limit, PAGE), hasNext, bytes: 0},
      limit,
      serverTimeMs: undefined,
      tookMs: 0,
    };
  };
  return new LogServer({getPage} as AuditApi);
}

/**
 * Reads a millisecond.
 * @param rowsOf what the server has, in its order, in the n-th reading, 1, 2, …, at an offset
 * @param nowMs what the time is taken for
 */
async function read(
  rowsOf: (reading: number, start: number) => readonly string[],
  nowMs = Infinity,
): Promise<string[]> {
  let reading = 0;
  const server = serverOf(({start = 0}) => {
    reading += start === 0 ? 1 : 0;
    return rowsOf(reading, start);
  });
  server.nowMs = nowMs;
  await server.ask(WINDOW);
  // As if older records had shown how many a page has.
  server.newestMs = Math.min(nowMs, AT);
  reading = 0;
  const {records, isAll} = await readByPlace(server, WHOLE);
  expect(isAll).toBe(true);
  return records.map(({hash}) => hash).sort();
}

function shuffled(rows: readonly string[], random: Random): string[] {
  return rows
    .map((row) => ({row, place: random.next()}))
    .sort((a, b) => a.place - b.place)
    .map(({row}) => row);
}

describe('a millisecond with more records than a page', () => {
  const some = Array.from({length: 14}, (_, n) => String(n + 10));

  test('in another order in each answer: each record comes', async () => {
    const random = new Random(3);
    expect(await read(() => shuffled(some, random))).toEqual(some);
  });

  test('of twins, in another order in each answer, both come', async () => {
    const twins = [...some.slice(2), 'twin', 'twin'];
    const random = new Random(3);
    expect(await read(() => shuffled(twins, random))).toEqual(twins);
  });

  test('what comes to light while it is read comes, too', async () => {
    const rows = (reading: number): string[] =>
      shuffled(reading <= 1 ? some.slice(4) : some, new Random(reading));
    expect(await read(rows)).toEqual(some);
  });

  test('a reading that was shifted by something newer does not count', async () => {
    const many = Array.from({length: 24}, (_, n) => String(n + 10));
    const newer = (count: number): string[] =>
      Array.from({length: count}, (_, n) => `newer+${count - n}`);
    // In every other reading one comes before its last page.
    const rows = (reading: number, start: number): string[] => [
      ...newer(Math.floor(start < PAGE ? (reading - 1) / 2 : reading / 2)),
      ...shuffled(many, new Random(reading)),
    ];
    expect(await read(rows)).toEqual(many);
  });

  test('each reading lacks one: only of what is still to happen is that enough', async () => {
    const rows = (reading: number): string[] => some.filter((_, n) => n !== reading % 4);
    expect(await read(rows, AT - 1)).toEqual(some);
    await expect(read(rows, AT)).rejects.toThrow(/contradict/);
  });

  test('one that never comes to rest is a failure', async () => {
    const late = (reading: number): string[] =>
      Array.from({length: reading}, (_, n) => `late ${n}`);
    const rows = (reading: number): string[] =>
      shuffled([...some, ...late(reading)], new Random(reading));
    await expect(read(rows)).rejects.toThrow(/contradict/);
  });

  test('by a server that ignores offsets it cannot be read, and that is told at once', async () => {
    let asked = 0;
    const server = serverOf(
      () => {
        asked++;
        return some;
      },
      () => 0,
    );
    await server.ask(WINDOW);
    expect(await readByPlace(server, WHOLE)).toMatchObject({isAll: false});
    expect(server.hasOffsets).toBe(false);
    expect(asked).toBe(3);
  });
});
