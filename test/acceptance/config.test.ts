import {expect, test} from '@jest/globals';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';

import {startAcceptanceSandbox} from '../support/acceptance-sandbox';
import {CONFIG, discover, readJson, readText, ROOT, type Stream} from '../support/acceptance';

/** Version 2 of the official configuration: it forbids every other key. */
const KEYS: Record<string, string[]> = {
  spec: ['spec_path', 'config_path', 'timeout_seconds'],
  connection: ['config_path', 'status', 'timeout_seconds'],
  discovery: ['config_path', 'timeout_seconds'],
  basic_read: [
    'config_path',
    'expect_records',
    'validate_schema',
    'validate_stream_statuses',
    'validate_state_messages',
    'validate_primary_keys_data_type',
    'fail_on_extra_columns',
    'expect_trace_message_on_failure',
    'timeout_seconds',
  ],
  full_refresh: ['config_path', 'configured_catalog_path', 'timeout_seconds'],
  incremental: ['config_path', 'configured_catalog_path', 'future_state', 'timeout_seconds'],
  connector_attributes: ['config_path'],
  connector_documentation: ['config_path'],
};

test('acceptance-test-config.yml is of version 2, at high strictness, with every suite', () => {
  expect(Object.keys(CONFIG).sort()).toEqual([
    'acceptance_tests',
    'connector_image',
    'test_strictness_level',
  ]);
  expect(CONFIG.test_strictness_level).toBe('high');
  expect(Object.keys(CONFIG.acceptance_tests)).toEqual(Object.keys(KEYS));
  for (const [section, {tests, ...others}] of Object.entries(CONFIG.acceptance_tests)) {
    expect(others).toEqual({});
    const known = new Set(KEYS[section]);
    expect(tests.flatMap(Object.keys).filter((key) => !known.has(key))).toEqual([]);
  }
});

test('test_files/configured_catalog.json holds the streams that discover shows', async () => {
  const sandbox = await startAcceptanceSandbox();
  const {streams} = readJson('test_files/configured_catalog.json') as {streams: {stream: Stream}[]};
  expect(streams.map(({stream}) => stream)).toEqual(await discover(sandbox));
  await sandbox.close();
});

const ROW = /^\| (Test\w+|FAST) \| `(\w+)` \| (.+) \|$/gm;
const rows = [...readText('docs/acceptance-checks.md').matchAll(ROW)].map(
  ([, suite = '', name = '', where = '']) => ({
    suite,
    name,
    path: /^\[[^\]]+\]\(\.\.\/([^)]+)\)/.exec(where)?.[1],
  }),
);

test('docs/acceptance-checks.md names for each check a test that exists', () => {
  const jest = rows.filter(({suite}) => suite !== 'FAST');
  expect(jest.length).toBeGreaterThan(40);
  for (const {suite, name, path} of jest.filter(({path: each}) => each !== undefined)) {
    const source = readText(path ?? '');
    expect({name, isThere: source.includes(`describe('${suite}'`)}).toEqual({name, isThere: true});
    expect({name, isThere: new RegExp(`'${name}\\b`).test(source)}).toEqual({name, isThere: true});
  }
});

test('docs/acceptance-checks.md names every check that is tested', () => {
  const listed = new Set(rows.map(({name}) => name));
  const folder = 'test/acceptance';
  const files = readdirSync(join(ROOT, folder)).filter((file) => file !== 'config.test.ts');
  const names = files.flatMap((file) =>
    [...readText(`${folder}/${file}`).matchAll(/'(test_[a-z_]+)[':]/g)].map(
      ([, name = '']) => name,
    ),
  );
  expect(names.filter((name) => !listed.has(name))).toEqual([]);
});
