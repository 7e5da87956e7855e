import {expect, test} from '@jest/globals';
import {setImmediate as turn} from 'node:timers/promises';

import type {AuditAnswer, AuditApi, AuditQuery} from '../src/confluence/audit-api';
import type {AuditRecord} from '../src/confluence/page';
import {Failure} from '../src/errors';
import {LogServer} from '../src/reading/log-server';
import {readWindow} from '../src/reading/read-windows';

const PAGE = 50;
const LOG = Array.from({length: 20_000}, (_, n): AuditRecord => {
  const timeMs = 1_000_000 + 1000 * n;
  return {timeMs, hash: String(n), json: Buffer.from('{}')};
}).toReversed();
/** Requests that are sent at the same time as the one that fails. */
const MOST_UNDER_WAY = 4;

function answerTo({startDate = 0, endDate = Infinity, start = 0, limit}: AuditQuery): AuditAnswer {
  const found = LOG.filter(({timeMs}) => timeMs >= startDate && timeMs <= endDate);
  const records = found.slice(start, start + Math.min(limit, PAGE));
  const hasNext = start + records.length < found.length;
  const page = {records, limit: PAGE, hasNext, bytes: 700 * records.length, replaced: 0};
  return {page, limit, serverTimeMs: undefined, tookMs: 0};
}

test.each([100, 140, 180])(
  'after a failure nothing more is asked for, while what is proven is handed on: request %i',
  async (failing) => {
    let asked = 0;
    const getPage = async (query: AuditQuery): Promise<AuditAnswer> => {
      const number = ++asked;
      await turn();
      if (number === failing) {
        throw new Failure('unavailable', 'no');
      }
      return answerTo(query);
    };
    const server = new LogServer({getPage} as unknown as AuditApi);
    server.nowMs = LOG[0]!.timeMs;
    const deps = {server, unsettledFromMs: Infinity, first: undefined};
    const read = async (): Promise<void> => {
      for await (const _ of readWindow({fromMs: 0, toMs: Infinity}, deps)) {
        // Whoever writes takes longer than a request.
        for (let turns = 0; turns < 50; turns++) {
          await turn();
        }
      }
    };
    await expect(read()).rejects.toThrow('no');
    expect(asked - failing).toBeLessThanOrEqual(MOST_UNDER_WAY);
  },
);
