import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, describe, expect, test} from '@jest/globals';

import {type Config, parseConfig} from '../src/config';
import {toFailure} from '../src/errors';
import {auditRequests, confluence, DAY, HOUR, NOW} from './support/confluence';
import {CATALOG, logsOf, read as readInOwnProcess} from './support/connector';
import {expectFailedCheck, expectFailedRead, expectFailure} from './support/expect-failure';
import {read, runConnector, runProgram} from './support/resident';

type Settings = Record<string, unknown>;

const ABSENT = undefined;
const USABLE: Settings = {
  email: 'auditor@acme.example',
  cloud_id: '11111111-2222-4333-8444-555555555555',
  api_token: 'ATATT3xFfGF0Token=4F1C9B2E',
};
const JUST_AHEAD = new Date(NOW + 1).toISOString();
const LONG = 'https://acme.atlassian.net/'.repeat(100);

const UNUSABLE: [string, unknown, RegExp?][] = [
  ['email', ABSENT, /is required/],
  ['email', '   ', /is required/],
  ['email', null, /is required/],
  ['email', 'auditor', /name@example\.com/],
  ['email', 'a:b@acme.example'],
  ['email', 'a b@acme.example'],
  ['email', 'audi\u200btor@acme.example', /invisible character.*U\+200B/],
  ['email', 'auditor@acme.example\u0000x', /invisible character.*U\+0000/],
  ['email', `${'a'.repeat(250)}@acme.example`, /263 characters.*254/],
  ['email', 7, /a string/],
  ['api_token', ABSENT, /is required/],
  ['api_token', '\t\n', /is required/],
  ['api_token', 'half another-half', /white space/],
  ['api_token', 'ATATT3x\u2060FfGF0', /invisible character.*U\+2060/],
  ['api_token', 'x', /1 characters.*8/],
  ['api_token', 'seven77', /7 characters.*8/],
  ['api_token', '<div>'.repeat(1200), /6000 characters.*1024/],
  ['api_token', 'a'.repeat(30_000), /30000 characters/],
  ['api_token', ['x']],
  ['cloud_id', ABSENT, /is required/],
  ['cloud_id', '11111111-2222-4333-8444', /UUID.*acme\.atlassian\.net/],
  ['cloud_id', '11111111-2222-4333-8444-55555555555g'],
  ['cloud_id', '11111111-2222\u00ad-4333-8444-555555555555', /invisible character.*U\+00AD/],
  ['cloud_id', 'acme'],
  ['cloud_id', 'acme.example'],
  ['cloud_id', 'acme.atlassian.net.evil.example'],
  ['cloud_id', 'https://evil.example/acme.atlassian.net'],
  ['cloud_id', 'https://evil.example#acme.atlassian.net'],
  ['cloud_id', 'https://acme.atlassian.net@evil.example/'],
  ['cloud_id', '../../admin'],
  ['cloud_id', LONG, /characters/],
  ['cloud_id', {}],
  ['backfill_start_time', 'yesterday', /YYYY-MM-DD/],
  ['backfill_start_time', '2026-02-30', /no such date/],
  ['backfill_start_time', '2026-02-29T00:00:00Z', /no such date/],
  ['backfill_start_time', '2026-13-01', /no such date/],
  ['backfill_start_time', '2026-00-10'],
  ['backfill_start_time', '2026-01-01T24:00:00Z', /no such/],
  ['backfill_start_time', '2026-01-01T10:60:00Z', /no such/],
  ['backfill_start_time', '2026-01-01T10:00:00+25:00', /no such time zone/],
  ['backfill_start_time', '2026-01-\u200b01', /invisible character/],
  ['backfill_start_time', '01/02/2026'],
  ['backfill_start_time', '2026-1-2'],
  ['backfill_start_time', '1969-12-31', /1970/],
  ['backfill_start_time', JUST_AHEAD, /must not be yet to come/],
  [
    'backfill_start_time',
    '2062-01-01',
    /yet to come: 2062-01-01T00:00:00\.000Z is after .*clock.*mistyped/,
  ],
  ['backfill_start_time', 1767225600000],
  ['lookback_minutes', -1, /from 0 to 10080/],
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
/** With the whole of what makes it so: the times, the lengths and what was pasted. */
const THROUGH_THE_PROGRAM = [
  ...ONE_EACH,
  ...UNUSABLE.filter(([, value]) => value === '2062-01-01' || String(value).length > 5000),
];

function titled([key, value, why]: (typeof UNUSABLE)[number]): [
  string,
  string,
  unknown,
  RegExp | undefined,
] {
  return [`${key}: ${(JSON.stringify(value) ?? 'absent').slice(0, 50)}`, key, value, why];
}

/** What a person is told of settings that are refused. */
function refusalOf(settings: unknown): string {
  try {
    parseConfig(settings, NOW);
  } catch (error) {
    expect(toFailure(error).failureType).toBe('config_error');
    return toFailure(error).message;
  }
  return '';
}

describe('a setting that is not usable is refused, by its name', () => {
  const saying = (key: string, why: RegExp): RegExp[] => [
    new RegExp(`^Config validation error: .*\`${key}\``),
    why,
  ];

  test.each(UNUSABLE.map(titled))('%s', (_, key, value, why = /./) => {
    const message = refusalOf({...USABLE, [key]: value});
    saying(key, why).forEach((pattern) => expect(message).toMatch(pattern));
    expect(message.length).toBeLessThan(300);
    if (/email|api_token/.test(key) && typeof value === 'string' && value.trim().length > 1) {
      expect(message).not.toContain(value.trim());
    }
  });

  // What lies ahead of NOW alone is the past for the program.
  test.each(UNUSABLE.filter(([, value]) => value !== JUST_AHEAD).map(titled))(
    '%s, by the program',
    async (_, key, value, why = /./) => {
      const run = await runConnector('discover', {config: {...USABLE, [key]: value}});
      expectFailure(run, {type: 'config_error', says: saying(key, why)});
    },
  );

  test.each(THROUGH_THE_PROGRAM.map(titled))(
    '%s, before any request, whatever the command',
    async (_, key, value, why = /./) => {
      const sandbox = await confluence();
      const config = {...sandbox.settings(), [key]: value};
      const expected = {type: 'config_error', says: saying(key, why)} as const;
      const [check, discover, failedRead] = await Promise.all([
        runConnector('check', {config}),
        runConnector('discover', {config}),
        read({config}),
      ]);
      expectFailedCheck(check, saying(key, why));
      expectFailure(discover, expected);
      expectFailedRead(failedRead, expected);
      expect(sandbox.requests).toEqual([]);
    },
  );

  test('all that is wrong is said at once', () => {
    const message = refusalOf({email: 'x', cloud_id: 'y', lookback_minutes: -1});
    ['email', 'cloud_id', 'api_token', 'lookback_minutes'].forEach((key) =>
      expect(message).toContain(`\`${key}\``),
    );
  });

  test.each(['[]', '"x"', 'null', '7'])('%s is not settings', async (config) => {
    expect(refusalOf(JSON.parse(config))).toMatch(/^Config validation error: .*not a JSON object/);
    const says = /Config validation error/;
    expectFailedCheck(await runConnector('check', {config}), says);
  });
});

describe('a key that is not known', () => {
  test.each([
    ['apiToken', 'api_token'],
    ['token', 'api_token'],
    ['e-mail', 'email'],
    ['cloudid', 'cloud_id'],
    ['start_time', 'backfill_start_time'],
    ['lookback', 'lookback_minutes'],
    ['api_ur', 'api_url'],
  ])('`%s` is told with the one that is nearest, `%s`', (key, nearest) => {
    expect(parseConfig({...USABLE, [key]: 'x'}, NOW).warnings).toEqual([
      `The setting \`${key}\` is not known and ignored; did you mean \`${nearest}\`?`,
    ]);
  });

  test('is told where the one that is meant is missing', () => {
    const {api_token: _, ...others} = USABLE;
    expect(refusalOf({...others, apitoken: 'x'})).toBe(
      'Config validation error: `api_token` is required. The setting `apitoken` is not known and ignored; did you mean `api_token`?',
    );
  });

  test('is a warning in the log of check, and no failure', async () => {
    const sandbox = await confluence();
    const config = {...sandbox.settings(), lookback_minuts: 5};
    const run = await runConnector('check', {config});
    expect(run.messages.at(-1)?.connectionStatus).toEqual({status: 'SUCCEEDED'});
    expect(logsOf(run, 'WARN')).toEqual([
      expect.stringMatching(/`lookback_minuts`.*`lookback_minutes`/),
    ]);
  });
});

test.each(Object.keys(USABLE))('a megabyte of blanks amid `%s` is judged at once', (key) => {
  const startedMs = performance.now();
  const value = `a${' '.repeat(1_000_000)}b`;
  expect(() => parseConfig({...USABLE, [key]: value}, NOW)).toThrow(key);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

describe('settings that are usable', () => {
  const UPPER = '5E1F3A52-9A4C-4C0E-8F53-6A0C1B8D2F10';

  test.each<[string, Settings, Partial<Config>]>([
    ['the least', {}, {lookbackMs: HOUR, backfillStartMs: undefined, isLoopback: false}],
    [
      'white space, zero-width and other unseen characters around values',
      Object.fromEntries(
        Object.entries(USABLE).map(([key, value]) => [
          key,
          ` \t\u200b\ufeff${String(value)}\u2060\n\u00ad `,
        ]),
      ),
      {email: 'auditor@acme.example', apiToken: 'ATATT3xFfGF0Token=4F1C9B2E'},
    ],
    [
      'blank and null optional values',
      {backfill_start_time: ' \u200b', lookback_minutes: null},
      {backfillStartMs: undefined, lookbackMs: HOUR},
    ],
    ['a lookback of none', {lookback_minutes: 0}, {lookbackMs: 0}],
    [
      'a start that is now',
      {backfill_start_time: new Date(NOW).toISOString()},
      {backfillStartMs: NOW},
    ],
    ['a cloud id in capitals', {cloud_id: UPPER}, {tenant: {cloudId: UPPER.toLowerCase()}}],
    [
      'a slash after the address',
      {api_url: 'https://api.atlassian.com/'},
      {apiUrl: 'https://api.atlassian.com'},
    ],
    [
      'the government cloud',
      {api_url: 'https://api.atlassian-us-gov-mod.com', cloud_id: 'x.atlassian-us-gov-mod.net'},
      {
        apiUrl: 'https://api.atlassian-us-gov-mod.com',
        tenant: {site: 'x.atlassian-us-gov-mod.net'},
      },
    ],
    [
      'localhost by its name',
      {api_url: 'http://localhost:8080'},
      {apiUrl: 'http://localhost:8080', isLoopback: true},
    ],
    ['IPv6 loopback', {api_url: 'http://[::1]:8080'}, {isLoopback: true}],
    ['a token of eight', {api_token: '12345678'}, {apiToken: '12345678'}],
  ])('%s', (_, change, expected) => {
    expect(parseConfig({...USABLE, ...change}, NOW)).toMatchObject({...expected, warnings: []});
  });

  test('through the program: all of them as they may be pasted', async () => {
    const sandbox = await confluence();
    const config = Object.fromEntries(
      Object.entries({...sandbox.settings(), backfill_start_time: '2026-01-01'}).map(
        ([key, value]) => [key, typeof value === 'string' ? `\u200b ${value}\u00a0\n` : value],
      ),
    );
    const run = await runConnector('check', {config});
    expect(run.messages.at(-1)?.connectionStatus).toEqual({status: 'SUCCEEDED'});
    expect(auditRequests(sandbox).every(({status}) => status === 200)).toBe(true);
  });

  test.each([
    'acme.atlassian.net',
    'ACME.Atlassian.net',
    'https://acme.atlassian.net',
    'https://acme.atlassian.net/wiki/spaces/ENG/overview?x=1#y',
    'acme.atlassian.net/wiki',
    ' http://acme.atlassian.net/ ',
  ])('the site %j in place of the cloud id', (site) => {
    const {tenant} = parseConfig({...USABLE, cloud_id: site}, NOW);
    expect(tenant).toEqual({site: 'acme.atlassian.net'});
  });

  test('a site is looked up', async () => {
    const sandbox = await confluence();
    const config = sandbox.settings({cloud_id: 'acme.atlassian.net'});
    const run = await runConnector('check', {config});
    expect(run.messages.at(-1)?.connectionStatus).toEqual({status: 'SUCCEEDED'});
    const [lookUp, ...others] = sandbox.requests.map(({path}) => path);
    expect(lookUp).toBe('/_edge/tenant_info');
    expect(others.length).toBeGreaterThan(0);
    for (const path of others) {
      expect(path).toContain(`/ex/confluence/${sandbox.options.cloudId}/`);
    }
  });
});

describe('a date means the same everywhere', () => {
  const DATE = new Date(NOW - DAY).toISOString().slice(0, 10);
  const MIDNIGHT = Date.parse(`${DATE}T00:00:00Z`);

  const TIMES: [string, number][] = [
    [DATE, MIDNIGHT],
    [`${DATE}T05:06`, MIDNIGHT + 5 * HOUR + 6 * 60_000],
    [`${DATE}T05:06:07`, MIDNIGHT + 5 * HOUR + 6 * 60_000 + 7000],
    [`${DATE} 05:06:07Z`, MIDNIGHT + 5 * HOUR + 6 * 60_000 + 7000],
    [`${DATE}t05:06:07.5z`, MIDNIGHT + 5 * HOUR + 6 * 60_000 + 7500],
    [`${DATE}T05:06:07.123456Z`, MIDNIGHT + 5 * HOUR + 6 * 60_000 + 7123],
    [`${DATE}T05:06:00+09:00`, MIDNIGHT - 4 * HOUR + 6 * 60_000],
    [`${DATE}T05:06:00-0330`, MIDNIGHT + 8 * HOUR + 36 * 60_000],
    [` ${DATE} `, MIDNIGHT],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ];

  test.each(TIMES)('%j', (text, expected) => {
    const {backfillStartMs} = parseConfig({...USABLE, backfill_start_time: text}, NOW);
    expect(backfillStartMs).toBe(expected);
  });

  test('through a process in another zone and language', async () => {
    const sandbox = await confluence();
    const config = sandbox.settings({backfill_start_time: `${DATE}T05:06`});
    const env = {TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8'};
    const run = await readInOwnProcess({config, env});
    expect(run).toMatchObject({code: 0, stderr: ''});
    expect(run.records).toHaveLength(3);
    for (const {createdAt, creationDate} of run.records) {
      expect(createdAt).toBe(new Date(creationDate).toISOString());
    }
    expect(run.stdout).toContain(`${DATE}T05:06:00.000Z`);
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
      api_token: 'not-a-token',
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
    expectFailedCheck(await runProgram(['check', '--config', path]), [/settings file/, why]);
    for (const [says, args] of [
      [/settings file/, ['--config', path, '--catalog', catalog]],
      [/configured catalog file/, ['--config', config, '--catalog', path]],
      [/state file/, ['--config', config, '--catalog', catalog, '--state', path]],
    ] as const) {
      const failed = await runProgram(['read', ...args]);
      expectFailure(failed, {type: 'config_error', says: [says, why]});
    }
  });
});
