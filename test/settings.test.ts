import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, describe, expect, test} from '@jest/globals';

import {auditRequests, confluence, DAY, HOUR, NOW} from './support/confluence';
import {CATALOG, collect, read, runConnector, start} from './support/connector';
import {expectFailedCheck, expectFailedRead, expectFailure} from './support/expect-failure';

type Settings = Record<string, unknown>;

const ABSENT = undefined;

const UNUSABLE: [string, unknown, RegExp?][] = [
  ['email', ABSENT, /is required/],
  ['email', '   ', /is required/],
  ['email', null, /is required/],
  ['email', 'auditor'],
  ['email', 'a:b@acme.example'],
  ['email', 'a b@acme.example'],
  ['email', 7],
  ['api_token', ABSENT, /is required/],
  ['api_token', '\t\n', /is required/],
  ['api_token', 'half another-half', /white space/],
  ['api_token', ['x']],
  ['cloud_id', ABSENT, /is required/],
  ['cloud_id', '11111111-2222-4333-8444', /UUID.*acme\.atlassian\.net/],
  ['cloud_id', '11111111-2222-4333-8444-55555555555g'],
  ['cloud_id', 'acme'],
  ['cloud_id', 'acme.example'],
  ['cloud_id', 'acme.atlassian.net.evil.example'],
  ['cloud_id', 'https://evil.example/acme.atlassian.net'],
  ['cloud_id', 'https://evil.example#acme.atlassian.net'],
  ['cloud_id', 'https://acme.atlassian.net@evil.example/'],
  ['cloud_id', '../../admin'],
  ['cloud_id', {}],
  ['backfill_start_time', 'yesterday', /YYYY-MM-DD/],
  ['backfill_start_time', '2026-02-30', /no such date/],
  ['backfill_start_time', '2026-02-29T00:00:00Z', /no such date/],
  ['backfill_start_time', '2026-13-01', /no such date/],
  ['backfill_start_time', '2026-00-10'],
  ['backfill_start_time', '2026-01-01T24:00:00Z', /no such/],
  ['backfill_start_time', '2026-01-01T10:60:00Z', /no such/],
  ['backfill_start_time', '2026-01-01T10:00:00+25:00', /no such time zone/],
  ['backfill_start_time', '01/02/2026'],
  ['backfill_start_time', '2026-1-2'],
  ['backfill_start_time', '1969-12-31', /1970/],
  ['backfill_start_time', 1767225600000],
  ['lookback_minutes', -1, /0/],
  ['lookback_minutes', 10081, /10080/],
  ['lookback_minutes', 1.5, /integer/],
  ['lookback_minutes', '60', /integer/],
  ['lookback_minutes', true],
  ['api_url', 'https://api.example', /https:\/\/api\.atlassian\.com/],
  ['api_url', 'http://api.atlassian.com'],
  ['api_url', 'https://api.atlassian.com.evil.example'],
  ['api_url', 'https://api.atlassian.com/ex'],
  ['api_url', 'https://someone@api.atlassian.com'],
  ['api_url', 'https://api.atlassian.com?x=1'],
  ['api_url', 'https://127.0.0.1:1'],
  ['api_url', 'http://127.0.0.1.evil.example'],
  ['api_url', 'http://10.0.0.1'],
  ['api_url', 'ftp://127.0.0.1'],
  ['api_url', 'api.atlassian.com'],
  ['api_url', 1],
];

/** One of each key. */
const ONE_EACH = UNUSABLE.filter(
  ([key], n) => UNUSABLE.findIndex(([other]) => other === key) === n,
);

describe('a setting that is not usable is refused, by its name, before any request', () => {
  const saying = (key: string, why: RegExp): RegExp[] => [
    new RegExp(`^Config validation error: .*\`${key}\``),
    why,
  ];

  test.each(UNUSABLE)('%s: %j', async (key, value, why = /./) => {
    const sandbox = await confluence();
    const config = {...sandbox.settings(), [key]: value};
    expectFailedCheck(await runConnector('check', {config}), saying(key, why));
    expect(sandbox.requests).toEqual([]);
  });

  test.each(ONE_EACH)('%s: %j, in discover and read', async (key, value, why = /./) => {
    const sandbox = await confluence();
    const config = {...sandbox.settings(), [key]: value};
    const expected = {type: 'config_error', says: saying(key, why)} as const;
    expectFailure(await runConnector('discover', {config}), expected);
    expectFailedRead(await read({config}), expected);
    expect(sandbox.requests).toEqual([]);
  });

  test('all that is wrong is said at once', async () => {
    const config = {email: 'x', cloud_id: 'y', lookback_minutes: -1};
    const {errors} = await runConnector('discover', {config});
    expect(errors[0]?.message).toMatch(/`api_token`/);
    expect(errors[0]?.message).toMatch(/`email`/);
    expect(errors[0]?.message).toMatch(/`lookback_minutes`/);
  });

  test.each(['[]', '"x"', 'null', '7'])('%s is no settings at all', async (config) => {
    const says = /Config validation error/;
    expectFailedCheck(await runConnector('check', {config}), says);
    expectFailure(await runConnector('discover', {config}), {type: 'config_error', says});
  });
});

describe('settings that are usable', () => {
  const UPPER = '5E1F3A52-9A4C-4C0E-8F53-6A0C1B8D2F10';

  test.each<[string, (settings: Settings) => Settings]>([
    [
      'white space around values',
      (given) =>
        Object.fromEntries(
          Object.entries(given).map(([key, value]) => [key, ` \t${String(value)}\n`]),
        ),
    ],
    [
      'blank and null optional values, unknown keys',
      (given) => ({...given, backfill_start_time: ' ', lookback_minutes: null, unknown: {a: 1}}),
    ],
    ['the defaults in full', (given) => ({...given, lookback_minutes: 60})],
    ['a lookback of none', (given) => ({...given, lookback_minutes: 0})],
    ['a cloud id in capitals', (given) => ({...given, cloud_id: UPPER})],
    [
      'a slash behind the address',
      (given) => ({...given, api_url: `${String(given['api_url'])}/`}),
    ],
    [
      'localhost by its name',
      (given) => ({...given, api_url: String(given['api_url']).replace('127.0.0.1', 'localhost')}),
    ],
  ])('%s', async (_, change) => {
    const sandbox = await confluence();
    const run = await runConnector('check', {config: change({...sandbox.settings()})});
    expect(run.messages.at(-1)?.connectionStatus).toEqual({status: 'SUCCEEDED'});
    expect(auditRequests(sandbox).map(({status}) => status)).toEqual([200]);
  });

  test.each([
    'acme.atlassian.net',
    'ACME.Atlassian.net',
    'https://acme.atlassian.net',
    'https://acme.atlassian.net/wiki/spaces/ENG/overview?x=1#y',
    'acme.atlassian.net/wiki',
    ' http://acme.atlassian.net/ ',
  ])('the site %j in place of the cloud id is looked up', async (site) => {
    const sandbox = await confluence();
    const run = await runConnector('check', {config: sandbox.settings({cloud_id: site})});
    expect(run.messages.at(-1)?.connectionStatus).toEqual({status: 'SUCCEEDED'});
    expect(sandbox.requests.map(({path}) => path)).toEqual([
      '/_edge/tenant_info',
      `/ex/confluence/${sandbox.options.cloudId}/wiki/rest/api/audit`,
    ]);
  });
});

describe('a date means the same everywhere', () => {
  const DATE = new Date(NOW - DAY).toISOString().slice(0, 10);
  const MIDNIGHT = Date.parse(`${DATE}T00:00:00Z`);
  const LEAP_DAY = Date.UTC(2024, 1, 29);

  test.each<[string, number]>([
    [DATE, MIDNIGHT],
    [`${DATE}T05:06`, MIDNIGHT + 5 * HOUR + 6 * 60_000],
    [`${DATE}T05:06:07`, MIDNIGHT + 5 * HOUR + 6 * 60_000 + 7000],
    [`${DATE} 05:06:07Z`, MIDNIGHT + 5 * HOUR + 6 * 60_000 + 7000],
    [`${DATE}t05:06:07.5z`, MIDNIGHT + 5 * HOUR + 6 * 60_000 + 7500],
    [`${DATE}T05:06:07.123456Z`, MIDNIGHT + 5 * HOUR + 6 * 60_000 + 7123],
    [`${DATE}T05:06:00+09:00`, MIDNIGHT - 4 * HOUR + 6 * 60_000],
    [`${DATE}T05:06:00-0330`, MIDNIGHT + 8 * HOUR + 36 * 60_000],
    [` ${DATE} `, MIDNIGHT],
    ['2024-02-29', LEAP_DAY],
  ])('%j', async (text, expected) => {
    const sandbox = await confluence();
    const config = sandbox.settings({backfill_start_time: text});
    const env = {TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8', LOG_LEVEL: 'INFO'};
    const run = await read({config, env});
    expect(run).toMatchObject({code: 0, stderr: ''});
    const startDates = auditRequests(sandbox).map(({params}) => Number(params.startDate));
    // Bounds may be exclusive, so one millisecond more is asked for.
    expect(Math.min(...startDates)).toBe(expected - 1);
    expect(run.records.map(({createdAt}) => Date.parse(createdAt))).toEqual(
      run.records.map(({creationDate}) => creationDate),
    );
    expect(run.stdout).toContain(`Reading from ${new Date(expected).toISOString()}`);
  });
});

describe('a file that cannot be used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  afterAll(() => rmSync(folder, {recursive: true}));

  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const config = file(
    'config.json',
    `\uFEFF${JSON.stringify({
      email: 'a@acme.example',
      cloud_id: '11111111-2222-4333-8444-555555555555',
      api_token: 'none',
      api_url: 'http://127.0.0.1:1',
    })}`,
  );
  const catalog = file('catalog.json', JSON.stringify(CATALOG));
  const unusable: [string, string, RegExp][] = [
    ['missing', join(folder, 'nowhere.json'), /cannot be read: there is no such file \(ENOENT\)/],
    ['a folder', folder, /cannot be read \(EISDIR\)/],
    ['empty', file('empty.json', ''), /is not JSON: it is empty/],
    ['cut off', file('cut.json', '{"a": '), /is not JSON: it ends too early/],
    ['not JSON', file('garbage.txt', '{\n  "a": 1,\n  b\n}'), /look at line 3, column 3/],
  ];

  test.each(unusable)('%s, whichever it is', async (_, path, why) => {
    const run = (...args: string[]): ReturnType<typeof collect> =>
      collect(start('read', folder, {}, args));
    const check = collect(start('check', folder, {}, ['--config', path]));
    expectFailedCheck(await check, [/settings file/, why]);
    for (const [says, args] of [
      [/settings file/, ['--config', path, '--catalog', catalog]],
      [/configured catalog file/, ['--config', config, '--catalog', path]],
      [/state file/, ['--config', config, '--catalog', catalog, '--state', path]],
    ] as const) {
      const failed = await run(...args);
      expectFailure(failed, {type: 'config_error', says: [says, why]});
    }
  });
});
