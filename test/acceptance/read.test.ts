import assert from 'node:assert/strict';

import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import type {Sandbox} from '../../sandbox/server';
import {
  discover,
  entryOf,
  type ExpectedRecord,
  messagesOf,
  readJson,
  readText,
  ROOT,
  settingsOf,
  type Stream,
} from '../support/acceptance';
import {startAcceptanceSandbox} from '../support/acceptance-sandbox';
import {type Run, runConnector as runInOwnProcess} from '../support/connector';
import {runConnector} from '../support/resident';

let sandbox: Sandbox;
let streams: Stream[];
let settings: object;

beforeAll(async () => {
  sandbox = await startAcceptanceSandbox();
  streams = await discover(sandbox);
  settings = settingsOf(entryOf('basic_read'), sandbox);
});
afterAll(() => sandbox.close());

describe('TestBasicRead', () => {
  let run: Run;

  // At high strictness the discovered streams are read, in full, and no catalog of one's own.
  beforeAll(async () => {
    const configured = streams.map((stream) => ({
      stream,
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
    }));
    run = await runInOwnProcess('read', {config: settings, catalog: {streams: configured}});
  });

  test('test_read: at least one record of every stream', () => {
    const read = new Set(messagesOf(run, 'RECORD').map(({record}) => record?.stream));
    expect([...read]).toEqual(streams.map(({name}) => name));
    expect(run.records).toHaveLength(sandbox.log.size);
  });

  test('test_read: every record is valid, with no field that the schema does not name', () => {
    const schema = streams[0]?.json_schema;
    const ajv = new Ajv({strict: false});
    addFormats(ajv);
    const validate = ajv.compile(schema ?? {});
    const invalid = run.records.find((record) => !validate(record));
    expect({invalid, errors: invalid && validate.errors}).toEqual({invalid: undefined});
    const extra = new Set(run.records.flatMap(Object.keys));
    Object.keys(schema?.properties ?? {}).forEach((name) => extra.delete(name));
    expect([...extra]).toEqual([]);
    // An integer has to be written as one: 1.0 and 1e3 are none to a strict reader.
    expect(run.stdout).not.toMatch(/"creationDate":\d*[.eE]/);
  });

  test('test_read: primary keys are there, and no object or list', () => {
    expect(run.records.filter(({id}) => typeof id !== 'string' || id === '')).toEqual([]);
  });

  // After a change of the sandbox: UPDATE_EXPECTED_RECORDS=1 npx jest test/acceptance/read
  test('test_read: the expected records, in their order', () => {
    const {path, exact_order: isExact} = entryOf('basic_read').expect_records ?? {path: ''};
    if (process.env['UPDATE_EXPECTED_RECORDS']) {
      const first = messagesOf(run, 'RECORD').slice(0, 30);
      const records = first.map(({record}) => `${JSON.stringify({...record, emitted_at: 0})}\n`);
      writeFileSync(join(ROOT, path), records.join(''));
    }
    const lines = readText(path).split('\n').slice(0, -1);
    const expected = lines.map((line) => JSON.parse(line) as ExpectedRecord);
    expect(isExact).toBe(true);
    expect(new Set(expected.map(({stream}) => stream))).toEqual(new Set(['audit_records']));
    expect(run.records.slice(0, expected.length)).toEqual(expected.map(({data}) => data));
  });

  test('test_read: stream statuses', () => {
    expect(run.statuses.length).toBeGreaterThanOrEqual(3);
    const [first, ...middle] = run.statuses;
    expect([first, middle.pop()]).toEqual(['STARTED', 'COMPLETE']);
    expect(new Set(middle)).toEqual(new Set(['RUNNING']));
  });

  test('test_read: state messages', () => {
    const states = messagesOf(run, 'STATE').map(({state}) => state);
    expect(states.length).toBeGreaterThanOrEqual(streams.length);
    expect(new Set(states.map((state) => state?.type))).toEqual(new Set(['STREAM']));
    const counts = states.map((state) => state?.sourceStats.recordCount ?? NaN);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(run.records.length);
  });

  test.each(['test_airbyte_trace_message_on_failure', 'test_fail_read_with_bad_catalog'])(
    '%s',
    async () => {
      const stream = {
        name: '__AIRBYTE__stream_that_does_not_exist',
        json_schema: {type: 'object', properties: {f1: {type: 'string'}}},
        supported_sync_modes: ['full_refresh'],
      };
      const configured = {stream, sync_mode: 'INVALID', destination_sync_mode: 'INVALID'};
      const refused = await runConnector('read', {
        config: settings,
        catalog: {streams: [configured]},
      });
      expect(refused.errors.map(({failure_type}) => failure_type)).toEqual(['config_error']);
      expect(refused.code).toBe(1);
    },
  );
});

describe('TestFullRefresh', () => {
  test('test_sequential_reads', async () => {
    const entry = entryOf('full_refresh');
    const catalog = readJson(entry.configured_catalog_path ?? '') as {
      streams: {sync_mode: string}[];
    };
    catalog.streams.forEach((stream) => (stream.sync_mode = 'full_refresh'));
    const options = {config: settingsOf(entry, sandbox), catalog};
    const first = await runConnector('read', options);
    const second = await runConnector('read', options);
    const emittedAt = (run: Run): number[] =>
      messagesOf(run, 'RECORD').map(({record}) => record?.emitted_at ?? NaN);
    assert.deepEqual(second.records, first.records);
    expect(Math.max(...emittedAt(first))).toBeLessThan(Math.min(...emittedAt(second)));
  });
});
