import {afterEach, describe, expect, test} from '@jest/globals';
import {readFile} from 'node:fs/promises';
import {AuditLog} from '../sandbox/audit-log';
import type {AuditRecord} from '../sandbox/audit-record';
import {BadOption, helpText, parseCommandLine} from '../sandbox/command-line';
import {writeConnectorFiles} from '../sandbox/connector-files';
import {generateEvents, generateLog, type LogPlan} from '../sandbox/generate';
import {optionsFor} from '../sandbox/grant-wishes';
import {honest} from '../sandbox/lies';
import type {SandboxOptions} from '../sandbox/options';
import {FAILURE_NAMES} from '../sandbox/play-failure';
import {Random} from '../sandbox/random';
import {type Sandbox, startSandbox} from '../sandbox/server';
import {CHOICES, flagOf, NUMBERS, wordOf} from '../sandbox/wishes';
import {logAt, NOON, upTo} from './support/numbered-log';

interface Page {
  results: AuditRecord[];
  start: number;
  limit: number;
  size?: number;
  _links: {base: string; context: string; self: string; next?: string};
}

const AUDIT = '/wiki/rest/api/audit';
const RECORD_KEYS =
  'author remoteAddress creationDate summary description category sysAdmin superAdmin ' +
  'affectedObject changedValues associatedObjects';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function start(options: Partial<SandboxOptions> = {}): Promise<void> {
  sandbox = await startSandbox({log: logAt(upTo(10)), ...options});
}

function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> {
  const {email, token} = sandbox.options;
  const authorization = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
  return fetch(sandbox.url + path, {method, headers: {authorization, ...headers}});
}

const audit = (query = '', headers: Record<string, string> = {}): Promise<Response> =>
  get(`/ex/confluence/${sandbox.options.cloudId}${AUDIT}${query && '?'}${query}`, headers);

async function page(query = ''): Promise<Page> {
  const response = await audit(query);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

const names = async (query = ''): Promise<string> =>
  (await page(query)).results.map(({summary}) => summary).join(' ');

describe('who may read', () => {
  const unauthorized = {code: 401, message: 'Unauthorized'};
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each([
    ['no credentials', ''],
    ['a wrong token', basic('auditor@acme.example:wrong')],
    ['a wrong email', basic('someone@acme.example:ATATT3xSandbox-Token_0=4F1C9B2E')],
    ['a bearer token', 'Bearer ATATT3xSandbox-Token_0=4F1C9B2E'],
    ['no base64', 'Basic auditor@acme.example'],
  ])('%s: the gateway says 401', async (_, authorization) => {
    await start();
    const response = await audit('', {authorization});
    expect([response.status, await response.json()]).toEqual([401, unauthorized]);
  });

  test.each([
    ['a token without the scope', {scopes: ['read:page:confluence']}, AUDIT],
    ['a gateway path without /wiki', {}, '/rest/api/audit'],
  ])('%s: 401 that names no scope', async (_, options, path) => {
    await start(options);
    const response = await get(`/ex/confluence/${sandbox.options.cloudId}${path}`);
    expect(response.status).toBe(401);
    expect(response.headers.get('x-failure-category')).toBe('FAILURE_CLIENT_SCOPE_CHECK');
    const body = {code: 401, message: 'Unauthorized; scope does not match'};
    expect(await response.json()).toEqual(body);
  });

  test.each([
    ['no administrator', {isAdmin: false}, /permission to view the audit log/],
    ['the Free plan', {plan: 'free' as const}, /^Cannot make this request because you are on Free/],
  ])('%s: Confluence says 403', async (_, options, message) => {
    await start(options);
    const response = await audit();
    expect([response.status, await response.json()]).toEqual([
      403,
      {
        statusCode: 403,
        data: {authorized: false, valid: true, errors: [], successful: false},
        message: expect.stringMatching(message),
      },
    ]);
  });
});

describe('routes', () => {
  test('the tenant look-up is public, and shows which headers it got', async () => {
    await start();
    const response = await fetch(`${sandbox.url}/_edge/tenant_info`);
    expect(await response.json()).toEqual({cloudId: sandbox.options.cloudId});
    await get('/_edge/tenant_info');
    const sent = sandbox.requests.map(({headers}) => headers.authorization !== undefined);
    expect(sent).toEqual([false, true]);
  });

  test.each(['/', '/wiki/rest/api/audit', `/ex/confluence/CLOUD${AUDIT}/`, '/ex/jira/CLOUD/x'])(
    'nobody serves %s: 404 with its path',
    async (pattern) => {
      await start({now: () => NOON});
      const path = pattern.replace('CLOUD', sandbox.options.cloudId);
      const response = await get(path);
      expect([response.status, await response.json()]).toEqual([
        404,
        {
          timestamp: new Date(NOON).toISOString(),
          status: 404,
          error: 'Not Found',
          message: 'No message available',
          path,
        },
      ]);
    },
  );

  test('another cloud id is 404, another method 405', async () => {
    await start();
    expect((await get(`/ex/confluence/another${AUDIT}`)).status).toBe(404);
    const path = `/ex/confluence/${sandbox.options.cloudId}${AUDIT}`;
    for (const method of ['POST', 'PUT', 'DELETE']) {
      expect((await get(path, {}, method)).status).toBe(405);
    }
  });

  test('retention: a year by default; a period that is set hides what is older', async () => {
    await start({now: () => NOON + 60_004});
    const path = `/ex/confluence/${sandbox.options.cloudId}${AUDIT}/retention`;
    expect(await (await get(path)).json()).toEqual({number: 1, units: 'YEARS'});
    expect((await get(`${path}?x=1`)).status).toBe(400);
    sandbox.options.retention = {number: 1, units: 'MINUTES'};
    expect(await (await get(path)).json()).toEqual({number: 1, units: 'MINUTES'});
    expect(await names()).toBe('9 8 7 6 5 4');
  });
});

describe('parameters', () => {
  test.each([
    ['end_date=1', 'end_date'],
    ['startDate=1&startDate=2', 'startDate'],
    ['startDate=2026-03-02', 'startDate'],
    ['startDate=', 'startDate'],
    ['endDate=-1', 'endDate'],
    ['endDate=12345678901234567', 'endDate'],
    ['start=-1', 'start'],
    ['start=2147483648', 'start'],
    ['limit=1e3', 'limit'],
    ['limit=ten', 'limit'],
    ['startDate=2&endDate=1', 'startDate'],
  ])('%s: 400 that names it', async (query, name) => {
    await start();
    const response = await audit(query);
    const message = expect.stringContaining(name);
    const errors = [{message: {translation: message, args: []}}];
    const data = {authorized: true, valid: false, errors, successful: false};
    expect([response.status, await response.json()]).toEqual([
      400,
      {statusCode: 400, data, message},
    ]);
  });

  test.each([
    [true, true, '6 5 4 3'],
    [false, true, '6 5 4'],
    [true, false, '5 4 3'],
    [false, false, '5 4'],
  ])(
    'bounds: start inclusive %s, end inclusive %s',
    async (startInclusive, endInclusive, found) => {
      await start({startInclusive, endInclusive});
      expect(await names(`startDate=${NOON + 3}&endDate=${NOON + 6}`)).toBe(found);
    },
  );

  test('one bound, none, and a search for a string value', async () => {
    await start();
    expect(await names(`startDate=${NOON + 7}`)).toBe('9 8 7');
    expect(await names(`endDate=${NOON + 2}`)).toBe('2 1 0');
    expect(await names()).toBe('9 8 7 6 5 4 3 2 1 0');
    sandbox.log.add({...sandbox.log.records()[3]!, summary: 'Größe'});
    expect(await names('searchString=GR%C3%B6%C3%9F')).toBe('Größe');
    expect(await names('searchString=creationDate')).toBe('');
  });
});

describe('pages', () => {
  test('next is relative, lacks /wiki, and is there only while there is more', async () => {
    await start({site: 'x.atlassian.net'});
    const query = `startDate=${NOON}&endDate=${NOON + 6}&limit=3`;
    const base = 'https://x.atlassian.net/wiki';
    const next = (at: number): string => `/rest/api/audit?${query}&start=${at}`;
    const self = `${base}/rest/api/audit?${query}`;
    const seen: unknown[] = [];
    for (const at of ['', '&start=3', '&start=6', '&start=7', '&start=2147483647']) {
      const {results, ...envelope} = await page(query + at);
      seen.push({...envelope, results: results.map(({summary}) => summary).join(' ')});
    }
    const links = {base, context: '/wiki'};
    const middle = {limit: 3, _links: {...links, self: `${self}&start=3`, next: next(6)}};
    const last = {limit: 3, _links: {...links, self: expect.stringContaining(self)}};
    expect(seen).toEqual([
      {results: '6 5 4', start: 0, limit: 3, size: 3, _links: {...links, self, next: next(3)}},
      {...middle, results: '3 2 1', start: 3, size: 3},
      {...last, results: '0', start: 6, size: 1},
      {...last, results: '', start: 7, size: 0},
      {...last, results: '', start: 2147483647, size: 0},
    ]);
  });

  test('the limit is 1000 unless asked for less, and capped by the server', async () => {
    await start({log: logAt(upTo(2500))});
    expect(await page()).toMatchObject({limit: 1000, size: 1000});
    expect(await page('limit=5000')).toMatchObject({limit: 1000, size: 1000});
    sandbox.options.pageCap = 100;
    const {limit, results, _links: links} = await page('limit=1000&start=2300');
    expect([limit, results.length]).toEqual([100, 100]);
    expect(links.next).toBe('/rest/api/audit?limit=100&start=2400');
    expect(await page('limit=40&start=2480')).toMatchObject({limit: 40, size: 20});
    expect(await page('limit=0')).toMatchObject({limit: 0, results: []});
  });

  test('size means the page, the whole or is absent; next may be missing', async () => {
    await start({size: 'total'});
    expect((await page('limit=4')).size).toBe(10);
    sandbox.options.size = 'absent';
    sandbox.options.nextLink = false;
    const {_links: links, ...envelope} = await page('limit=4');
    expect(Object.keys(envelope)).toEqual(['results', 'start', 'limit']);
    expect(Object.keys(links)).toEqual(['base', 'context', 'self']);
  });

  test.each([
    ['newest first', 'stable', '5 4 3 2 1 0'],
    ['newest first', 'reversed', '5 1 2 3 4 0'],
    ['oldest first', 'stable', '0 1 2 3 4 5'],
    ['oldest first', 'reversed', '0 4 3 2 1 5'],
  ] as const)('%s, ties %s, across pages and late records', async (order, tieOrder, expected) => {
    await start({log: logAt([0, 1, 1]), order, tieOrder});
    for (const [n, offset] of [1, 1, 2].entries()) {
      const [event] = generateEvents({seed: n, times: [NOON + offset]});
      sandbox.log.add({...event!, summary: String(n + 3)});
    }
    expect(await names()).toBe(expected);
    const pieces = [await names('limit=2'), await names('limit=3&start=2'), await names('start=5')];
    expect(pieces.join(' ')).toBe(expected);
  });
});

describe('time', () => {
  test('the Date header is the server clock in whole seconds, cut off', async () => {
    await start({now: () => NOON + 1999});
    const inSeconds = async (): Promise<number> =>
      Date.parse((await audit()).headers.get('date') ?? '');
    expect(await inSeconds()).toBe(NOON + 1000);
    sandbox.options.dateHeader = false;
    expect(await inSeconds()).toBeNaN();
  });

  test('a late record shows once the server clock has reached its moment', async () => {
    let clock = NOON + 60_000;
    await start({now: () => clock});
    const [event] = generateEvents({seed: 1, times: [NOON + 5]});
    sandbox.log.add({...event!, summary: 'late'}, NOON + 120_000);
    const seen = [await names(`startDate=${NOON + 4}`), (await page('limit=1')).results.length];
    clock = NOON + 120_000;
    expect([...seen, await names(`startDate=${NOON + 4}`)]).toEqual([
      '9 8 7 6 5 4',
      1,
      '9 8 7 6 late 5 4',
    ]);
    expect(sandbox.log.records().map(({summary}) => summary)[6]).toBe('late');
  });

  test('a record that appears while it is paged shifts the rest', async () => {
    await start();
    const first = await names('limit=5');
    sandbox.log.add({...sandbox.log.records()[9]!, creationDate: NOON + 10, summary: 'new'});
    expect([first, await names('limit=5&start=5')]).toEqual(['9 8 7 6 5', '5 4 3 2 1']);
  });
});

describe('transport', () => {
  test.each([
    ['gzip, deflate, br', true, 'gzip'],
    ['gzip;q=0', true, null],
    ['identity', true, null],
    ['gzip', false, null],
  ])('Accept-Encoding %s, server compresses %s: %s', async (accepted, gzip, encoding) => {
    await start({gzip, log: logAt(upTo(300))});
    const response = await audit('limit=200', {'accept-encoding': accepted});
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('atl-traceid')).toMatch(/^[0-9a-f]{32}$/);
    const length = Number(response.headers.get('content-length'));
    const text = await response.text();
    expect((JSON.parse(text) as Page).results).toHaveLength(200);
    if (encoding === null) expect(length).toBe(Buffer.byteLength(text));
    else expect(length).toBeLessThan(text.length / 3);
  });

  test('requests are noted, with their parameters, status and the most at a time', async () => {
    await start({delayMs: 40});
    const startedAt = Date.now();
    await Promise.all([names('limit=1'), names('start=2'), audit('x=1')]);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(39);
    await names();
    const noted = sandbox.requests.map(({method, params, status}) => [method, params, status]);
    expect(noted).toContainEqual(['GET', {limit: '1'}, 200]);
    expect(noted).toContainEqual(['GET', {x: '1'}, 400]);
    expect([noted.length, sandbox.mostInFlight]).toEqual([4, 3]);
    expect(sandbox.requests[3]?.at).toBeGreaterThanOrEqual(startedAt);
  });

  test('a script may answer, cut the exchange off, or let it pass', async () => {
    await start({
      intercept: async ({params}, response) => {
        await Promise.resolve();
        if (params.start === '1') response.writeHead(429, {'Retry-After': '7'}).end('{}');
        if (params.start === '2') response.destroy();
        if (params.start === '3') throw new Error('a bug in the script');
        return params.start !== undefined;
      },
    });
    const scripted = await audit('start=1');
    expect([scripted.status, scripted.headers.get('retry-after')]).toEqual([429, '7']);
    expect(scripted.headers.get('date')).not.toBeNull();
    await expect(audit('start=2')).rejects.toThrow();
    expect(await (await audit('start=3')).text()).toMatch(/a bug in the script/);
    expect(await names('limit=1')).toBe('9');
    expect(sandbox.requests.map(({status}) => status)).toEqual([429, 0, 500, 200]);
  });

  test('a client that goes away while it waits does no harm', async () => {
    await start({delayMs: 30});
    const gone = new AbortController();
    const answer = fetch(sandbox.url, {signal: gone.signal});
    const aborted = expect(answer).rejects.toThrow();
    while (sandbox.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    await aborted;
    expect(await names('limit=1')).toBe('9');
    expect(sandbox.requests.map(({status}) => status)).toEqual([0, 200]);
  });

  test('closing cuts off what is under way, however long it would take', async () => {
    await start({delayMs: 60_000});
    const answer = audit();
    const refused = expect(answer).rejects.toThrow();
    while (sandbox.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await sandbox.close();
    await refused;
  });

  test('the connector settings lead here', async () => {
    await start();
    expect(sandbox.settings({backfill_start_time: '2026-01-01'})).toEqual({
      email: sandbox.options.email,
      cloud_id: sandbox.options.cloudId,
      api_token: sandbox.options.token,
      api_url: sandbox.url,
      backfill_start_time: '2026-01-01',
    });
  });
});

describe('the log', () => {
  test('agrees with a sorted list, whatever came when', () => {
    const random = new Random(5);
    const drawn = (count: number): AuditRecord[] =>
      generateEvents({
        seed: count,
        times: Array.from({length: count}, () => NOON + random.integer(0, 60)),
      }).map((event, n) => ({...event, summary: `${count}/${n}`}));
    const [first, added] = [drawn(400), drawn(60)];
    const log = AuditLog.from(first);
    for (const record of added) log.add(record);
    const sorted = [...first, ...added].toSorted((a, b) => a.creationDate - b.creationDate);
    expect(log.records()).toEqual(sorted);
    expect(log.size).toBe(460);
    for (const [from, to] of [[NOON + 10, NOON + 40] as const, [NOON + 70, NOON + 80] as const]) {
      const found = log.select({from, to});
      const wanted = sorted
        .filter(({creationDate}) => creationDate >= from && creationDate <= to)
        .toReversed();
      const pages: Buffer[] = [];
      const lies = honest();
      for (let at = 0; at <= found.total; at += 7) {
        pages.push(...found.page(at, 7, lies));
      }
      const text = Buffer.concat(pages).toString().replace(/,$/, '');
      expect(JSON.parse(`[${text}]`)).toEqual(wanted);
    }
  });

  test('answers keys in the documented order, and unknown fields after them', async () => {
    await start();
    const {author, ...rest} = sandbox.log.records()[0]!;
    const odd = {newField: {a: 1}, ...rest, author, creationDate: NOON + 99};
    sandbox.log.add(odd);
    const [record] = (await page('limit=1')).results;
    expect(record).toEqual(odd);
    expect(Object.keys(record!).join(' ')).toBe(`${RECORD_KEYS} newField`);
  });
});

describe('the generator', () => {
  const plan: LogPlan = {
    seed: 3,
    count: 5000,
    from: Date.UTC(2025, 0, 1),
    to: Date.UTC(2026, 0, 1) - 1,
    shape: 'office',
  };
  const shapes = ['even', 'office', 'bursty', 'sparse', 'burst'] as const;
  const textOf = (log: AuditLog): string => JSON.stringify(log.records());
  const gaps = (log: AuditLog): number[] =>
    log.records().map(({creationDate}, n, all) => creationDate - (all[n - 1]?.creationDate ?? 0));
  const share = (values: number[], holds: (value: number) => boolean): number =>
    values.filter(holds).length / values.length;

  test.each(shapes)('%s: the same seed, the same log, of just so many in range', (shape) => {
    const log = generateLog({...plan, shape});
    expect(textOf(generateLog({...plan, shape})) === textOf(log)).toBe(true);
    expect(textOf(generateLog({...plan, shape, seed: 4})) === textOf(log)).toBe(false);
    const times = log.records().map(({creationDate}) => creationDate);
    expect(times).toHaveLength(plan.count);
    expect(times.every((time) => Number.isInteger(time))).toBe(true);
    expect(times[0]).toBeGreaterThanOrEqual(plan.from);
    expect(times.at(-1)).toBeLessThanOrEqual(plan.to);
    for (const count of [0, 1, 2]) {
      expect(generateLog({...plan, shape, count, to: plan.from}).size).toBe(count);
    }
  });

  test('the shapes differ as their names say', () => {
    const [even, office, bursty, sparse, burst] = shapes.map((shape) =>
      gaps(generateLog({...plan, shape})).slice(1),
    );
    const mean = (plan.to - plan.from) / plan.count;
    expect(Math.max(...even!)).toBeLessThanOrEqual(2 * mean);
    expect(share(office!, (gap) => gap >= 10 && gap <= 14)).toBeGreaterThan(0.1);
    expect(share(bursty!, (gap) => gap < 1000)).toBeGreaterThan(0.9);
    expect(share(sparse!, (gap) => gap > 3_600_000)).toBeLessThan(0.3);
    expect(share(burst!, (gap) => gap <= 48)).toBeGreaterThan(0.49);
    const texts = generateLog(plan)
      .records()
      .map((record) => JSON.stringify(record));
    const twins = texts.filter((text, n) => text === texts[n - 1]);
    expect(share(office!, (gap) => gap === 0)).toBeGreaterThan(0.005);
    expect(twins.length).toBeGreaterThan(2);
  });

  test('records look like captured ones', () => {
    const records = generateLog(plan).records();
    const sizes = records.map((record) => Buffer.byteLength(JSON.stringify(record)));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(415);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1200);
    expect(Math.abs(total / sizes.length - 650)).toBeLessThan(50);
    const odd = records.filter(({author, ...rest}) => {
      const keys = ['username', 'userKey', 'accountId'].filter((key) => key in author);
      const known = author.displayName === 'System' ? 0 : 3;
      const fixed = [author.type, author.operations, author.accountType, author.publicName];
      return (
        keys.length !== known ||
        Object.keys({author, ...rest}).join(' ') !== RECORD_KEYS ||
        JSON.stringify(fixed) !== '["user",null,"","Unknown user"]'
      );
    });
    expect(odd).toEqual([]);
    const all = JSON.stringify(records);
    for (const piece of ['ü', '山', '🚀', '\\"', '\\\\', '\\n', '2001:db8', '"remoteAddress":""']) {
      expect(all).toContain(piece);
    }
    const categories = new Set(records.map(({category}) => category));
    expect([...categories].toSorted()).toEqual([
      'Global administration',
      'Page',
      'Permissions',
      'Spaces',
      'Users and groups',
    ]);
  });
});

describe('the program', () => {
  test('its options have defaults and limits', () => {
    expect(parseCommandLine(['--help'])).toBeUndefined();
    const given = ['--records', '5', '--shape=sparse', '--page-cap', '7', '--next=on-empty'];
    expect(parseCommandLine(given)).toMatchObject({
      records: 5,
      shape: 'sparse',
      pageCap: 7,
      next: 'on empty',
      seed: 1,
      days: 30,
      fail: 'none',
    });
    expect(parseCommandLine(['--date-skew-ms=-5'])?.dateSkewMs).toBe(-5);
  });

  test('without options it is the honest server of the tests', () => {
    const {port, intercept, ...options} = optionsFor(parseCommandLine([])!);
    const {random: _chance, ...usual} = {...honest(), mostStart: 2 ** 31 - 1, delayMs: 0};
    expect([port, intercept, options]).toEqual([0, undefined, usual]);
  });

  test('its help names every option, in lines that a terminal holds', () => {
    const help = helpText();
    for (const name of [...Object.keys(NUMBERS), ...Object.keys(CHOICES)]) {
      expect(help).toMatch(new RegExp(`^  --${flagOf(name)} `, 'm'));
    }
    for (const name of FAILURE_NAMES) expect(help).toContain(wordOf(name));
    expect(help.split('\n').filter((line) => line.length > 104)).toEqual([]);
  });

  test.each([
    ['--records=many', '--records must be a whole number'],
    ['--port=65536', '--port must be a whole number from 0 to 65535'],
    ['--days=0', '--days'],
    ['--shape=round', '--shape must be one of office, even, bursty, sparse'],
    ['--fail=often', '--fail must be one of none, 401, 401-html'],
    ['--bogus', "'--bogus'"],
    ['stray', "'stray'"],
  ])('%s is refused by name', (option, message) => {
    expect(() => parseCommandLine([option])).toThrow(BadOption);
    expect(() => parseCommandLine([option])).toThrow(message);
  });

  test('its files for the connector: the settings and an incremental stream', async () => {
    await start();
    const files = await writeConnectorFiles(sandbox.settings());
    const [settings, catalog] = await Promise.all(
      [files.settings, files.catalog].map(async (path) => JSON.parse(await readFile(path, 'utf8'))),
    );
    await files.remove();
    expect(settings).toEqual(sandbox.settings());
    expect(catalog.streams).toMatchObject([
      {
        stream: {name: 'audit_records'},
        sync_mode: 'incremental',
        destination_sync_mode: 'append_dedup',
      },
    ]);
    await expect(readFile(files.settings)).rejects.toThrow(/ENOENT/);
  });
});
