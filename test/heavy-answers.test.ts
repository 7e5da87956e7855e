import {join} from 'node:path';

import {describe, expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import type {Intercept} from '../sandbox/options';
import {PageSize} from '../src/confluence/page-size';
import {answer, html, onAudit, pageOf, silence} from './support/answers';
import {auditRequests, backfill, confluence, logOf, recordsOf} from './support/confluence';
import {read as readInOwnProcess} from './support/connector';
import {assertExactly} from './support/exactly';
import {expectFailedRead} from './support/expect-failure';
import {startLine} from './support/local-network';
import {read} from './support/resident';

const MB = 1024 * 1024;
/** Time-outs are given up after so many real ms. */
const SHORT_TIMEOUT = {FAST_TIMEOUT_MS: '250'};

/** The `limit` of a request. */
const limitOf = ({params}: {params: {limit?: string}}): number => Number(params.limit);

describe('how many records to ask for', () => {
  test('half, down to 25, and 1 where the answer cannot be held', () => {
    const size = new PageSize();
    const asked = [1000, 500, 250, 125, 62, 31, 25];
    for (const [n, limit] of asked.entries()) {
      expect(size.limitFor(1000)).toBe(limit);
      expect(size.wasTooHeavy(limit, false)).toBe(n < asked.length - 1);
    }
    const far = new PageSize();
    for (const limit of [1000, 125, 15, 1]) {
      expect(far.limitFor(1000)).toBe(limit);
      expect(far.wasTooHeavy(limit, true)).toBe(limit > 1);
    }
  });

  test('one that was asked for before others failed changes nothing more', () => {
    const size = new PageSize();
    size.wasTooHeavy(1000, false);
    size.wasTooHeavy(500, false);
    expect(size.wasTooHeavy(1000, false)).toBe(true);
    expect(size.limitFor(1000)).toBe(250);
    expect(size.limitFor(1)).toBe(1);
    expect(size.wasTooHeavy(1, false)).toBe(false);
  });

  test('more again where it goes well, and later each time that was too much', () => {
    const size = new PageSize();
    const raises: number[] = [];
    size.wasTooHeavy(400, false);
    for (let answers = 1; answers <= 1000; answers++) {
      size.wentWell(200, 200, 200 * 600);
      if (size.limitFor(1000) > 200) {
        raises.push(answers);
        size.wasTooHeavy(400, false);
      }
    }
    expect(raises).toEqual([20, 60, 140, 300, 620]);
  });

  test('an outage, in which nothing comes well, is too much once', () => {
    const size = new PageSize();
    for (let limit = 1000; size.wasTooHeavy(limit, false); limit = size.limitFor(1000));
    let answers = 0;
    for (; size.limitFor(1000) < 1000; answers++) {
      size.wentWell(size.limitFor(1000), 25, 25 * 600);
    }
    expect(answers).toBe(6 * 20);
  });

  test('as many as come to 2 MB, and one huge record is forgotten after a few pages', () => {
    const size = new PageSize();
    size.wentWell(1000, 100, 100 * 60_000);
    expect(size.limitFor(1000)).toBe(34);
    size.wentWell(34, 1, 5 * MB);
    expect(size.limitFor(1000)).toBe(1);
    for (let page = 0; page < 15; page++) {
      size.wentWell(1000, size.limitFor(1000), 600 * size.limitFor(1000));
    }
    expect(size.limitFor(1000)).toBe(1000);
  });
});

describe('a server that does not manage more than 200 records', () => {
  const SCRIPTS: [string, Intercept][] = [
    ['502', html(502, 'Bad gateway')],
    ['504', answer(504)],
    ['413', answer(413)],
    ['a 400 that names the limit', answer(400, {message: 'limit: must be at most 200'})],
    ['no answer', silence],
    ['an answer of more than 16 MB', answer(200, `{"results":[${' '.repeat(17 * MB)}]}`)],
  ];

  test.each(SCRIPTS)('%s: all comes in smaller pages', async (_, script) => {
    const sandbox = await confluence({log: logOf(900)});
    sandbox.options.intercept = onAudit(script, (_number, request) => limitOf(request) > 200);
    const run = await read({config: backfill(sandbox), env: SHORT_TIMEOUT});
    expect(run).toMatchObject({code: 0, errors: []});
    assertExactly(run.records, sandbox.log);
    const heavy = auditRequests(sandbox).filter((request) => limitOf(request) > 200);
    expect(heavy.length).toBeLessThanOrEqual(12);
  });
});

const PAUSE_MS = 200;

/**
 * At full size, on a line and in a process of which the time runs 40 times as fast: 1000 records of 650 bytes take it two
 * minutes, where silence may last one and an answer three.
 */
test('1000 records over a line of 5 kB a second come through', async () => {
  const HURRY = 40;
  const sandbox = await confluence({log: logOf(1000), gzip: false});
  const port = await startLine(Number(new URL(sandbox.url).port), HURRY * 5000);
  const run = await readInOwnProcess({
    config: {...backfill(sandbox), api_url: `http://127.0.0.1:${port}`},
    env: {
      NODE_OPTIONS: `--require=${join(__dirname, 'support', 'hurried-clock.cjs')}`,
      HURRY: String(HURRY),
    },
  });
  expect(run).toMatchObject({code: 0, stderr: '', errors: []});
  assertExactly(run.records, sandbox.log);
  const bytes = Buffer.byteLength(JSON.stringify(pageOf(recordsOf(1000))));
  expect(bytes).toBeGreaterThan(500_000);
  expect(auditRequests(sandbox).map(limitOf)).toContain(1000);
}, 60_000);

test('an answer that comes slowly, but comes, is waited for', async () => {
  const sandbox = await confluence({log: logOf(300)});
  sandbox.options.intercept = onAudit(
    (_request, response) => {
      const bytes = Buffer.from(JSON.stringify(pageOf(recordsOf(300).toReversed())));
      response.writeHead(200, {'Content-Type': 'application/json'});
      const send = (from: number): void => {
        response.write(bytes.subarray(from, from + bytes.length / 6));
        if (from + bytes.length / 6 < bytes.length) {
          setTimeout(send, PAUSE_MS, from + Math.floor(bytes.length / 6));
        } else {
          response.end();
        }
      };
      send(0);
      return true;
    },
    (number) => number === 1,
  );
  // All of it takes longer than the time-out, and each pause far less.
  const env = {FAST_TIMEOUT_MS: String(4 * PAUSE_MS)};
  const run = await read({config: backfill(sandbox), env});
  expect(run).toMatchObject({code: 0, errors: []});
  assertExactly(run.records, sandbox.log);
  expect(run.stdout).not.toContain('ETIMEDOUT');
});

test('records of 60 kB: pages of some 2 MB', async () => {
  const records = recordsOf(250).map((record) => ({...record, description: 'x'.repeat(60_000)}));
  const sandbox = await confluence({log: AuditLog.from(records), gzip: true});
  const run = await read({config: backfill(sandbox)});
  assertExactly(run.records, sandbox.log);
  const [, ...others] = auditRequests(sandbox).filter((request) => limitOf(request) < 1000);
  expect(Math.max(...others.map(limitOf))).toBeLessThan(40);
});

test('what cannot be held even for one record is a failure, soon', async () => {
  const bomb = answer(200, `{"x":[${'{},'.repeat(20_000_000)}{}],"results":[]}`);
  const sandbox = await confluence({intercept: onAudit(bomb)});
  const run = await read({config: backfill(sandbox)});
  expectFailedRead(run, {type: 'transient_error', says: /the answer is too large/});
  expect(auditRequests(sandbox).map(limitOf)).toEqual([1000, 125, 15, 1]);
});
