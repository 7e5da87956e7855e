import {afterEach, describe, expect, test} from '@jest/globals';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import type {AuditRecord} from '../sandbox/audit-record';
import {generateLog} from '../sandbox/generate';
import type {SandboxOptions} from '../sandbox/options';
import {FAILURE_NAMES, type FailureName, playFailure} from '../sandbox/play-failure';
import {type Sandbox, startSandbox} from '../sandbox/server';
import {logAt, NOON, upTo} from './support/numbered-log';

interface Page {
  results: AuditRecord[];
  start: number;
  limit?: number;
  size?: number;
  _links: {next?: string};
}

const SECOND = 1000;
const MINUTE = 60_000;

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function start(options: Partial<SandboxOptions> = {}): Promise<void> {
  sandbox = await startSandbox({log: logAt(upTo(10)), now: () => NOON + MINUTE, ...options});
}

function audit(query = ''): Promise<Response> {
  const {email, token, cloudId} = sandbox.options;
  const authorization = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
  const url = `${sandbox.url}/ex/confluence/${cloudId}/wiki/rest/api/audit?${query}`;
  return fetch(url, {headers: {authorization}, redirect: 'manual'});
}

const page = async (query = ''): Promise<Page> => (await (await audit(query)).json()) as Page;
const names = async (query = ''): Promise<string> =>
  (await page(query)).results.map(({summary}) => summary).join(' ');

describe('what an answer says', () => {
  test.each([
    ['said', 3],
    ['echo', 5],
    ['silent', undefined],
  ] as const)(
    'a page cap that is %s: limit is %s, and 3 records come',
    async (capNotice, limit) => {
      await start({pageCap: 3, capNotice});
      const {results, limit: said} = await page('limit=5');
      expect([results.length, said]).toEqual([3, limit]);
    },
  );

  test('a page that is cut anywhere: as many as may come, or fewer, and more after it', async () => {
    await start({pageCut: 'anywhere'});
    const pages = await Promise.all(Array.from({length: 20}, () => page('limit=5')));
    const lengths = new Set(pages.map(({results}) => results.length));
    expect([...lengths].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(pages.every(({limit, _links}) => limit === 5 && _links.next !== undefined)).toBe(true);
  });

  // Three pages of four, and one after them.
  test.each([
    [true, [true, true, false, false]],
    [false, [false, false, false, false]],
    ['always', [true, true, true, true]],
    ['on empty', [true, true, false, true]],
    ['sometimes', [false, true, false, false]],
  ] as const)('next %s', async (nextLink, expected) => {
    const chance = [0.9, 0.1];
    await start({nextLink, random: () => chance.shift() ?? 0});
    const said: boolean[] = [];
    for (const at of [0, 4, 8, 12]) {
      said.push((await page(`limit=4&start=${at}`))._links.next !== undefined);
    }
    expect(said).toEqual(expected);
  });

  test.each([
    ['page', 4],
    ['total', 10],
    ['zero', 0],
    ['absent', undefined],
  ] as const)('size means %s', async (size, expected) => {
    await start({size});
    expect((await page('limit=4')).size).toBe(expected);
  });

  test.each([
    ['always', [3600, 3600]],
    ['once', [3600, 0]],
  ] as const)('the Date is wrong %s', async (dateSkew, seconds) => {
    await start({dateSkew, dateSkewMs: 3_600_000});
    const said: number[] = [];
    for (const _ of seconds) {
      const date = Date.parse((await audit()).headers.get('date') ?? '');
      said.push((date - NOON - MINUTE) / SECOND);
    }
    expect(said).toEqual(seconds);
  });
});

describe('which records an answer shows', () => {
  const SPREAD = [0, 400, 1000, 1600, MINUTE, MINUTE + 1, 2 * MINUTE];
  const asked = `startDate=${NOON + 400}&endDate=${NOON + MINUTE + 1}`;
  test.each([
    ['millisecond', 'inwards', '5 4 3 2 1'],
    ['second', 'down', '4 3 2 1 0'],
    ['second', 'inwards', '4 3 2'],
    ['second', 'outwards', '5 4 3 2 1 0'],
    ['second', 'nearest', '4 3 2 1 0'],
    ['minute', 'inwards', '4'],
    ['minute', 'outwards', '6 5 4 3 2 1 0'],
    ['day', 'inwards', ''],
    ['day', 'outwards', '6 5 4 3 2 1 0'],
  ] as const)('bounds to the %s, %s', async (boundsUnit, boundsRounding, expected) => {
    await start({log: logAt(SPREAD), boundsUnit, boundsRounding});
    expect(await names(asked)).toBe(expected);
  });

  test('start is clamped, or ignored', async () => {
    await start({mostStart: 6});
    expect([await names('limit=2&start=4'), await names('limit=2&start=8')]).toEqual([
      '5 4',
      '3 2',
    ]);
    sandbox.options.mostStart = 0;
    expect(await names('limit=2&start=8')).toBe('9 8');
  });

  test('rows that are filtered after paging: pages are thin, some empty, and no record is lost', async () => {
    await start({log: logAt(upTo(230)), filteredRows: 3});
    const seen: string[] = [];
    const sizes: number[] = [];
    let more = true;
    for (let at = 0; more; at += 100) {
      const {results, size, _links: links} = await page(`limit=100&start=${at}`);
      seen.push(...results.map(({summary}) => summary));
      sizes.push(results.length);
      expect(size).toBe(results.length);
      more = links.next !== undefined;
    }
    expect(seen).toEqual(upTo(230).map(String).toReversed());
    expect(sizes).toEqual([25, 25, 25, 25, 0, 0, 0, 25, 25, 25, 25, 0, 0, 0, 25, 5]);
  });

  test('a replica that lags hides what is young, in the answers that come from it', async () => {
    const chance = [0.9, 0.1];
    await start({
      log: logAt([0, 30 * SECOND]),
      replicaLagMs: 40 * SECOND,
      random: () => chance.shift() ?? 0.9,
    });
    sandbox.log.add({...sandbox.log.records()[0]!, summary: 'late'}, NOON + 25 * SECOND);
    expect([await names(), await names(), await names()]).toEqual(['1 late 0', '0', '1 late 0']);
  });
});

describe('in which order', () => {
  const sorted = (text: string): string[] => text.split(' ').toSorted((a, b) => +a - +b);
  const all = upTo(40).map(String);

  test('ties broken anew: each answer has another order, in the one millisecond alone', async () => {
    await start({log: logAt([...upTo(40).map(() => 0), -1, 1]), tieOrder: 'anew'});
    const answers = [await names(), await names()];
    expect(answers[0]).not.toBe(answers[1]);
    for (const answer of answers) {
      expect(answer).toMatch(/^41 .* 40$/);
      expect(sorted(answer).slice(0, 40)).toEqual(all);
    }
  });

  test.each([
    ['ingestion', true],
    ['shuffled', true],
    ['random', false],
  ] as const)('%s: not by time, the same in each answer: %s', async (order, isSame) => {
    await start({log: logAt(upTo(40).map((n) => n * SECOND)), order});
    const answers = [await names(), await names()];
    expect(answers[0] === answers[1]).toBe(isSame);
    for (const answer of answers) expect(sorted(answer)).toEqual(all);
    expect(answers[0]).not.toBe(all.toReversed().join(' '));
    if (isSame) {
      const paged = [await names('limit=15'), await names('limit=25&start=15')].join(' ');
      expect(paged).toBe(answers[0]);
    }
  });

  test('by ingestion what surfaced last is first', async () => {
    await start({order: 'ingestion'});
    sandbox.log.add({...sandbox.log.records()[0]!, summary: 'late'}, NOON + 3_600_000);
    sandbox.options.now = () => NOON + 3_600_000;
    expect(await names('limit=1')).toBe('late');
  });
});

describe('how the JSON is written', () => {
  const plan = {seed: 2, count: 300, from: NOON, to: NOON + 3_600_000, shape: 'office'} as const;

  test.each([
    ['escapes', /"displayName":"J\\u00fcrgen Gro\\u00df"/, /[^\0-\x7f]/],
    ['nulls and blanks', /"username": null, "userKey": null/, /(?<!\\)"[:,]\S/],
  ] as const)('%s, and it says the same', async (spelling, there, notThere) => {
    await start({log: generateLog({...plan, spelling})});
    const text = await (await audit()).text();
    const pieces = [there, notThere].map((piece) => piece.test(text.replaceAll('},{', '}, {')));
    expect(pieces).toEqual([true, false]);
    const withoutNulls = (_key: string, value: unknown): unknown => value ?? undefined;
    const usual = generateLog(plan).records().toReversed();
    expect(JSON.stringify((JSON.parse(text) as Page).results, withoutNulls)).toBe(
      JSON.stringify(usual, withoutNulls),
    );
  });
});

describe('failures', () => {
  const get = (name: FailureName): Promise<Response> =>
    name === 'unknown site' ? fetch(`${sandbox.url}/_edge/tenant_info`) : audit();

  test.each(FAILURE_NAMES)('%s: after two good answers, twice, then all is well', async (name) => {
    await start();
    sandbox.options.intercept = playFailure(name, () => NOON, {after: 2, times: 2});
    const answers = [];
    for (let n = 0; n < 5; n++) answers.push(await get(name));
    const isFailure = (answer: Response): boolean =>
      answer.status !== 200 || /html/.test(answer.headers.get('content-type') ?? '');
    expect(answers.map(isFailure)).toEqual([false, false, true, true, false]);
    const status = Number(/^\d{3}/.exec(name)?.[0] ?? NaN);
    if (status > 0) expect(answers[2]?.status).toBe(status);
  });

  test.each([
    ['429', 'retry-after', '3'],
    ['429 date', 'retry-after', new Date(NOON + 3000).toUTCString()],
    ['429 reset', 'x-ratelimit-reset', '2026-03-02T12:01Z'],
    ['429 zero', 'retry-after', '0'],
    ['429 bare', 'retry-after', null],
    ['503 wait', 'retry-after', '3'],
    ['403 edge', 'x-cache', 'Error from cloudfront'],
    ['401 scope', 'x-failure-category', 'FAILURE_CLIENT_SCOPE_CHECK'],
  ] as const)('%s has %s: %s', async (name, header, value) => {
    await start({intercept: playFailure(name, () => NOON)});
    expect((await get(name)).headers.get(header)).toBe(value);
  });

  test.each([
    ['403 token', 'cannot access Confluence'],
    ['403 account', 'not permitted to use Confluence'],
    ['403 free', 'Free edition'],
    ['403 allowlist', 'not on the allowed list'],
    ['403 admin', 'permission to view the audit log'],
    ['suspended', 'SUSPENDED_INACTIVITY'],
  ] as const)('%s says "%s"', async (name, words) => {
    await start({intercept: playFailure(name, () => NOON)});
    expect(await (await get(name)).text()).toContain(words);
  });

  test('what is too heavy is answered once the page is smaller', async () => {
    await start({intercept: playFailure('504 heavy', () => NOON)});
    expect([(await audit()).status, (await audit('limit=100')).status]).toEqual([504, 200]);
  });
});

test('from the command line: a person can watch it fail', async () => {
  await start();
  const program = join(__dirname, '..', 'dist', 'sandbox.js');
  const args = ['--records', '20', '--fail', '403-free', '--fail-after', '1', '--page-cap', '7'];
  const child = spawn(process.execPath, [program, ...args], {stdio: ['ignore', 'pipe', 'inherit']});
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /sandbox at (\S+)/.exec(text.toString())?.[1] ?? '';
  const {email, token, cloudId} = sandbox.options;
  const authorization = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
  const ask = (): Promise<Response> =>
    fetch(`${url}/ex/confluence/${cloudId}/wiki/rest/api/audit`, {headers: {authorization}});
  const [good, bad] = [await ask(), await ask()];
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(((await good.json()) as Page).results).toHaveLength(7);
  expect(bad.status).toBe(403);
});
