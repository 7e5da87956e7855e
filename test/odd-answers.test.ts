import zlib from 'node:zlib';

import {describe, expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import {generateEvents, generateLog} from '../sandbox/generate';
import type {Intercept} from '../sandbox/options';
import {answer, onAudit, pageOf} from './support/answers';
import {
  asSent,
  auditRequests,
  backfill,
  confluence,
  DAY,
  HOUR,
  NOW,
  recordsOf,
} from './support/confluence';
import {logsOf, type Run, stateInput} from './support/connector';
import {assertExactly} from './support/exactly';
import {expectFailedRead} from './support/expect-failure';
import {read} from './support/resident';
import {sentText, withoutBlanks} from './support/sent-text';

const AT = NOW - 2 * HOUR;

const EMPTY = {results: [], start: 0, limit: 1000, size: 0, _links: {}};

/** A script that answers with this body where AT lies within what is asked for, and else with an empty page. */
function atAt(script: Intercept): Intercept {
  return onAudit((request, response) => {
    const {startDate = '0', endDate = String(NOW), start = '0'} = request.params;
    const isMeant = Number(startDate) <= AT && AT <= Number(endDate) && start === '0';
    return (isMeant ? script : answer(200, EMPTY))(request, response);
  });
}

/** A read of a Confluence that has this page where AT lies. */
async function readBody(body: string | Buffer): Promise<Run> {
  const sandbox = await confluence({intercept: atAt(answer(200, body))});
  return read({config: backfill(sandbox)});
}

/** A page of this one record, as JSON text. */
function pageWith(record: string): string {
  return `{"results":[${record}],"start":0,"limit":1000,"size":1,"_links":{}}`;
}

describe('a record that looks otherwise than Confluence writes it comes out as it is', () => {
  test.each([
    ['with nothing but a time', `{"creationDate":${AT}}`],
    [
      'with nulls',
      `{"author":null,"creationDate":${AT},"affectedObject":null,"changedValues":null}`,
    ],
    [
      'with white space',
      `{ "creationDate" : ${AT} ,\n\t"summary" : "a b" ,\r\n "changedValues" : [ ] }`,
    ],
    [
      'with every escape',
      `{"creationDate":${AT},"summary":"\\u00e9\\ud83d\\ude00\\/\\"\\\\\\b\\f\\n\\r\\t"}`,
    ],
    [
      'with every kind of number',
      `{"a":-0.5,"b":1e3,"c":2E-7,"d":0,"e":12345678901234567890,"creationDate":${AT}}`,
    ],
    ['with nested lists', `{"creationDate":${AT},"x":[[],{},[{"y":[1,[2]]}],true,false,null]}`],
    [
      'with a value where an object is usual',
      `{"creationDate":${AT},"author":"me","affectedObject":7}`,
    ],
    ['with an object where a text is usual', `{"creationDate":${AT},"summary":{"key":"i18n"}}`],
    ['with an empty key and a long one', `{"creationDate":${AT},"":1,"${'k'.repeat(300)}":2}`],
    ['with a key that resembles another', `{"creationDate":${AT},"creationDatf":1,"summarz":"x"}`],
    ['of a hundred levels', `{"creationDate":${AT},"a":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['of 100 kB', `{"creationDate":${AT},"description":"${'ü'.repeat(50_000)}"}`],
  ])('%s', async (_, record) => {
    const run = await readBody(pageWith(record));
    expect(run.code).toBe(0);
    const lines = run.stdout.split('\n').filter((line) => line.startsWith('{"type":"RECORD"'));
    expect(lines.map((line) => withoutBlanks(sentText(line)))).toEqual([withoutBlanks(record)]);
  });

  test('with numbers that no double holds, digit for digit', async () => {
    const run = await readBody(pageWith(`{"creationDate":${AT},"big":12345678901234567890.10}`));
    expect(run.stdout).toContain('"big":12345678901234567890.10');
  });

  test('with a hundred changed values', async () => {
    const [usual] = recordsOf(1);
    const changedValues = Array.from({length: 100}, (_, n) => ({
      name: `${n}`,
      oldValue: '',
      newValue: 'x',
    }));
    const record = {...usual, changedValues};
    const run = await readBody(JSON.stringify(pageOf([record])));
    expect(run.records.map(asSent)).toEqual([record]);
  });

  test.each([
    ['first', `{"id":"theirs","cloudId" : 1 ,"creationDate":${AT}}`],
    ['last', `{"creationDate":${AT},"summary":"x","createdAt":{"their":"own"}}`],
  ])(
    'and should it have fields by the names of ours, %s, ours take their place',
    async (_, record) => {
      const run = await readBody(pageWith(record));
      expect(run.code).toBe(0);
      expect(run.records[0]).toMatchObject({
        id: expect.stringMatching(/^v1:[0-9a-f]{32}$/),
        cloudId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        createdAt: new Date(AT).toISOString(),
        creationDate: AT,
      });
      expect(run.stdout).not.toContain('their');
      expect(logsOf(run, 'WARN')).toEqual([
        expect.stringMatching(
          /^Records have a field .+, which takes its place: `(id|createdAt)`\./,
        ),
      ]);
    },
  );

  test('bytes that are no UTF-8 become U+FFFD', async () => {
    const [head, tail] = pageWith(`{"creationDate":${AT},"summary":"|"}`).split('|');
    const run = await readBody(
      Buffer.concat([Buffer.from(head!), Buffer.of(0xff), Buffer.from(tail!)]),
    );
    expect(run.records[0]?.['summary']).toBe('\uFFFD');
  });
});

test('what no destination can hold is replaced, and counted once, however often it is shown', async () => {
  const records = recordsOf(40).map((record, n) => ({
    ...record,
    description: n % 4 === 0 ? '\0 and \uD800' : '',
  }));
  const sandbox = await confluence({log: AuditLog.from(records), pageCap: 10});
  const config = {...backfill(sandbox), lookback_minutes: 3 * 60};
  const first = await read({config});
  expect(first.records.map(({description}) => description)).toEqual(
    records.map(({description}) => description && '\uFFFD and \uFFFD'),
  );
  expect(logsOf(first, 'WARN')).toEqual([expect.stringMatching(/^20 characters/)]);

  const second = await read({config, state: stateInput(first.states.at(-1))});
  expect(second.stdout).toContain(' 40 met again');
  expect(logsOf(second, 'WARN')).toEqual([]);
});

describe('however an answer is packed, it is read', () => {
  const page = Buffer.from(pageWith(`{"creationDate":${AT},"summary":"${'packed '.repeat(50)}"}`));
  const {zstdCompressSync} = zlib as {zstdCompressSync?: typeof zlib.gzipSync};
  const packings: [string, Buffer][] = [
    ['gzip', zlib.gzipSync(page)],
    ['x-gzip', zlib.gzipSync(page)],
    [
      'GZIP',
      Buffer.concat([page.subarray(0, -1), page.subarray(-1)].map((half) => zlib.gzipSync(half))),
    ],
    ['deflate', zlib.deflateSync(page)],
    ['br', zlib.brotliCompressSync(page)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(page))],
    ['identity', page],
    ...(zstdCompressSync ? [['zstd', zstdCompressSync(page)] satisfies [string, Buffer]] : []),
  ];

  test('by whatever coding Node knows, and with a head of 40 kB', async () => {
    const queue = [...packings];
    const sandbox = await confluence({
      intercept: atAt((request, response) => {
        const [coding, bytes] = queue[0]!;
        const headers = {'Content-Encoding': coding, 'X-Long': 'x'.repeat(40_000)};
        return answer(200, bytes, headers)(request, response);
      }),
    });
    const config = backfill(sandbox);
    for (const [coding] of packings) {
      const run = await read({config});
      expect([coding, run.code, run.records.length]).toEqual([coding, 0, 1]);
      queue.shift();
    }
  });

  test.each<[string, Buffer]>([
    ['br', zlib.brotliCompressSync('{"message":"You are on Free edition"}')],
    ['gzip', Buffer.from('You are on Free edition')],
    ['compress', Buffer.from('You are on Free edition')],
  ])('and so is a refusal (%s), even if it is not packed as it says', async (coding, bytes) => {
    const sandbox = await confluence({
      intercept: onAudit(answer(403, bytes, {'Content-Encoding': coding})),
    });
    const run = await read({config: backfill(sandbox)});
    expectFailedRead(run, {type: 'config_error', says: /Free plan/});
  });
});

describe('retention is a hint', () => {
  test.each([
    ['{"number":-1,"units":"YEARS"}'],
    ['{"number":1,"units":["YEARS"]}'],
    ['{"number":"1","units":"YEARS"}'],
    ['{"number":1,"units":"constructor"}'],
    ['{"number":1e308,"units":"DAYS"}'],
    ['null'],
    ['['],
  ])('%s: the sync is as good, and nothing is told as a fact', async (body) => {
    const sandbox = await confluence({
      intercept: (request, response) =>
        request.path.endsWith('/retention') && answer(200, body)(request, response),
    });
    const run = await read({config: backfill(sandbox, {backfill_start_time: '2020-01-01'})});
    expect(run).toMatchObject({code: 0, errors: []});
    expect(sandbox.requests.some(({path}) => path.endsWith('/retention'))).toBe(true);
    expect(run.stdout).not.toContain('keeps its audit log');
  });
});

test.each([
  [9, 'DAYS', 9, '9 days'],
  [2, 'WEEKS', 14, '2 weeks'],
  [3, 'MONTHS', 93, '3 months'],
  [1, 'YEARS', 366, '1 year'],
])(
  'a retention of %i %s is told, and from when on there is something',
  async (number, units, days, told) => {
    const sandbox = await confluence({
      intercept: (request, response) =>
        request.path.endsWith('/retention') && answer(200, {number, units})(request, response),
    });
    const run = await read({config: backfill(sandbox, {backfill_start_time: '2020-01-01'})});
    expect(run).toMatchObject({code: 0, errors: []});
    const day = new Date(NOW - days * DAY).toISOString().slice(0, 'yyyy-mm-dd'.length);
    expect(run.stdout).toContain(
      `keeps its audit log for ${told} only: there is nothing from before ${day}T`,
    );
  },
);

test('records of another time than was asked for are a failure, and not left out', async () => {
  const record = {creationDate: NOW - 60 * DAY, summary: 'x'};
  const sandbox = await confluence({intercept: onAudit(answer(200, pageOf([record])))});
  expectFailedRead(await read({config: backfill(sandbox)}), {
    type: 'system_error',
    says: /contradict each other/,
  });
  expect(auditRequests(sandbox)).toHaveLength(1);
});

describe('what is not JSON, or another JSON, is a failure and never an empty result', () => {
  test.each([
    ['a list', '[]'],
    ['a number', '7'],
    ['a text', 'x {}'],
    ['results that are no objects', pageWith('1')],
    ['results that are no list', '{"results":{}}'],
    ['a time with a fraction', pageWith(`{"creationDate":${AT}.5}`)],
  ])('%s', async (_, body) => {
    expectFailedRead(await readBody(body), {
      type: 'system_error',
      says: /not the Confluence audit log/,
    });
  });

  test.each([
    ['a text behind it', `${pageWith('')} x`],
    ['a zero before a number', pageWith(`{"creationDate":${AT},"a":01}`)],
    ['a number without digits', pageWith(`{"creationDate":${AT},"a":1.}`)],
    ['an unknown literal', pageWith(`{"creationDate":${AT},"a":nope}`)],
    ['an unknown escape', pageWith(`{"creationDate":${AT},"a":"\\x"}`)],
    ['an escape of too few digits', pageWith(`{"creationDate":${AT},"a":"\\u00g0"}`)],
    ['a line break in a text', pageWith(`{"creationDate":${AT},"a":"\n"}`)],
    ['a key without quotes', pageWith(`{"creationDate":${AT},a:1}`)],
    ['a comma too many', pageWith(`{"creationDate":${AT},}`)],
    [
      'more than a thousand levels',
      pageWith(`{"creationDate":${AT},"a":${'['.repeat(1_100)}${']'.repeat(1_100)}}`),
    ],
  ])('a page that is damaged: %s', async (_, body) => {
    expectFailedRead(await readBody(body), {
      type: 'transient_error',
      says: /^The answer was cut off or damaged\./,
    });
  });
});

test('pages in no order are taken apart until each window fits an answer', async () => {
  const sandbox = await confluence({log: AuditLog.from(recordsOf(300)), pageCap: 50});
  sandbox.options.intercept = onAudit((request, response) => {
    const {start = '0', startDate = '0', endDate = String(NOW)} = request.params;
    const within = sandbox.log
      .records()
      .filter(({creationDate: time}) => time >= Number(startDate) && time <= Number(endDate))
      .toSorted((a, b) => (a.creationDate % 977) - (b.creationDate % 977));
    const results = within.slice(Number(start), Number(start) + 50);
    const next = Number(start) + 50 < within.length ? {next: '/rest/api/audit?start=x'} : {};
    return answer(200, {results, start: 0, limit: 50, size: 0, _links: next})(request, response);
  });
  assertExactly((await read({config: backfill(sandbox)})).records, sandbox.log);
});

test('a page that shows nothing where known records must come again is no end, in whatever order pages are', async () => {
  const sandbox = await confluence({log: AuditLog.from(recordsOf(300)), pageCap: 50});
  sandbox.options.intercept = onAudit((request, response) => {
    const {start = '0', startDate, endDate} = request.params;
    const within = sandbox.log
      .records()
      .filter(({creationDate: time}) => time >= Number(startDate) && time <= Number(endDate ?? NOW))
      .toSorted((a, b) => (a.creationDate % 977) - (b.creationDate % 977));
    const results = within.slice(Number(start), Number(start) + 50);
    const next = Number(start) + 50 < within.length ? {next: '/rest/api/audit?start=x'} : {};
    return answer(200, {results, start: 0, limit: 50, size: 0, _links: next})(request, response);
  });
  assertExactly((await read({config: backfill(sandbox)})).records, sandbox.log);
});

test('many pages of one millisecond, and crowds in the milliseconds beside it', async () => {
  const times = [-1, 0, 0, 0, 1].flatMap((shift) => Array<number>(60).fill(AT + shift));
  const log = AuditLog.from(generateEvents({seed: 8, times}));
  for (const order of ['newest first', 'oldest first'] as const) {
    const sandbox = await confluence({log, pageCap: 50, order});
    assertExactly((await read({config: backfill(sandbox)})).records, log);
  }
});

test('a millisecond that never comes to rest is a failure', async () => {
  const log = AuditLog.from(generateEvents({seed: 8, times: Array<number>(30).fill(AT)}));
  const sandbox = await confluence({log, pageCap: 20});
  const [event] = log.records();
  sandbox.options.intercept = onAudit(() => {
    log.add({...event!, summary: `one more, ${log.size}`});
    return false;
  });
  expectFailedRead(await read({config: backfill(sandbox)}), {
    type: 'system_error',
    says: /contradict each other/,
  });
});

test('events of the future fill the newest page: they and the past come once, in two syncs', async () => {
  const past = recordsOf(200);
  const future = generateEvents({
    seed: 4,
    times: Array.from({length: 150}, (_, n) => NOW + DAY + n),
  });
  const sandbox = await confluence({log: AuditLog.from([...past, ...future]), pageCap: 100});
  // Two of three clocks are right: this machine's shows the time of the server's.
  const env = {CLOCK_SKEW_MS: String(NOW - Date.now())};
  const config = backfill(sandbox);
  const first = await read({config, env});
  sandbox.log.add(generateEvents({seed: 9, times: [NOW - 60_000]})[0]!);
  const second = await read({config, env, state: stateInput(first.states.at(-1))});
  assertExactly([...first.records, ...second.records], sandbox.log);
});

test('more than the state remembers: a warning, and nothing lost', async () => {
  const from = NOW - HOUR / 2;
  const log = generateLog({seed: 6, count: 11_000, from, to: NOW, shape: 'even'});
  const sandbox = await confluence({log});
  const run = await read({config: backfill(sandbox)});
  assertExactly(run.records, log);
  expect(logsOf(run, 'WARN')).toContainEqual(expect.stringMatching(/^More than 10,000 records/));
});
