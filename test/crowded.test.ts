import {describe, expect, test} from '@jest/globals';

import {Random} from '../sandbox/random';
import type {AuditRecord} from '../src/confluence/page';
import {type GetPageAt, readCrowded} from '../src/reading/crowded';

const AT = 1000;
const PAGE = 10;

function record(hash: string): AuditRecord {
  return {timeMs: AT, hash, json: Buffer.from('{}'), replaced: 0};
}

/** Reads a millisecond. @param rowsOf what the server has, in its order, in the n-th reading: 1, 2, … */
async function read(rowsOf: (reading: number) => readonly string[]): Promise<string[]> {
  let beginnings = 0;
  const all = await readCrowded({fromMs: AT, toMs: AT}, PAGE, async (start, limit) => {
    // Each reading looks at its first page again when it ends.
    beginnings += start === 0 ? 1 : 0;
    const rows = rowsOf(Math.floor(beginnings / 2));
    const page = rows.slice(start, start + limit);
    return {records: page.map(record), limit, saysMore: start + page.length < rows.length};
  });
  return all.map(({hash}) => hash).sort();
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

  test('one that never comes to rest is a failure', async () => {
    const late = (reading: number): string[] =>
      Array.from({length: reading}, (_, n) => `late ${n}`);
    const rows = (reading: number): string[] =>
      shuffled([...some, ...late(reading)], new Random(reading));
    await expect(read(rows)).rejects.toThrow(/contradict/);
  });

  test('by a server that ignores offsets it is a failure at once', async () => {
    let asked = 0;
    const getPage = async (_: number, limit: number): ReturnType<GetPageAt> => {
      asked++;
      const records = some.slice(0, Math.min(limit, PAGE)).map(record);
      return {records, limit, saysMore: true};
    };
    const reading = readCrowded({fromMs: AT, toMs: AT}, PAGE, getPage);
    await expect(reading).rejects.toThrow(/contradict/);
    expect(asked).toBe(2);
  });
});
