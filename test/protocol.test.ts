import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {describe, expect, test} from '@jest/globals';
import Ajv, {type ValidateFunction} from 'ajv';
import addFormats from 'ajv-formats';
import {parse} from 'yaml';

import {generateLog} from '../sandbox/generate';
import {answer, first, onAudit} from './support/answers';
import {backfill, confluence, DAY, NOW} from './support/confluence';
import {
  type Message,
  onState,
  read as readInOwnProcess,
  type Run,
  runConnector as runInOwnProcess,
  stateInput,
} from './support/connector';
import {read, runConnector} from './support/resident';

const PROTOCOL = join(__dirname, '../../shared/airbyte_protocol.yaml');
const DEBUG = {LOG_LEVEL: 'DEBUG'};
const validateMessage = compileProtocol();

/** The official schema of a message; undefined where the file is not at hand. */
function compileProtocol(): ValidateFunction | undefined {
  if (!existsSync(PROTOCOL)) {
    console.warn(`NOT CHECKED against the official protocol schema: there is no ${PROTOCOL}.`);
    return undefined;
  }
  const {definitions} = parse(readFileSync(PROTOCOL, 'utf8')) as {definitions: object};
  const ajv = addFormats(new Ajv({strict: false, allErrors: true}));
  return ajv.compile({$ref: '#/definitions/AirbyteMessage', definitions});
}

/** Asserts what holds for the output of every command: whole lines, each a message, all of them valid. */
function expectProtocol(run: Run): void {
  expect(run.stderr).toBe('');
  expect(run.stdout.endsWith('\n')).toBe(true);
  const lines = run.stdout.split('\n').slice(0, -1);
  expect(lines).toHaveLength(run.messages.length);
  expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  for (const message of run.messages) {
    if (validateMessage && !validateMessage(message)) {
      const errors = JSON.stringify(validateMessage.errors, undefined, 2);
      throw new Error(`${JSON.stringify(message)}\n${errors}`);
    }
  }
  expect(run.messages.filter((message) => !hasItsPayload(message))).toEqual([]);
}

/** Whether of a message's payloads there is the one of its type, and no other. */
function hasItsPayload(message: Message): boolean {
  const payload = {
    RECORD: 'record',
    STATE: 'state',
    LOG: 'log',
    SPEC: 'spec',
    CONNECTION_STATUS: 'connectionStatus',
    CATALOG: 'catalog',
    TRACE: 'trace',
  }[message.type];
  return payload !== undefined && payload in message && Object.keys(message).length === 2;
}

const types = (run: Run): string[] => run.messages.map(({type}) => type);

test('spec: one message, without any settings', async () => {
  const run = await runInOwnProcess('spec');
  expectProtocol(run);
  expect(run.code).toBe(0);
  expect(types(run)).toEqual(['SPEC']);
  const specification = run.messages[0]!.spec!.connectionSpecification as {
    properties: Record<string, {title: string; airbyte_secret?: boolean; airbyte_hidden?: boolean}>;
    required: string[];
  };
  expect(Object.entries(specification.properties).map(([key, {title}]) => [key, title])).toEqual([
    ['email', 'Email'],
    ['cloud_id', 'Cloud ID'],
    ['backfill_start_time', 'Backfill Start Time'],
    ['api_token', 'API Token'],
    ['lookback_minutes', 'Lookback'],
    ['api_url', 'API URL'],
  ]);
  expect(specification.required).toEqual(['email', 'cloud_id', 'api_token']);
  expect(specification.properties['api_token']?.airbyte_secret).toBe(true);
  expect(specification.properties['api_url']?.airbyte_hidden).toBe(true);
});

describe('check', () => {
  test.each([
    ['success', undefined, 'SUCCEEDED'],
    ['failure', answer(403), 'FAILED'],
    ['a limited rate', first(2, answer(429)), 'SUCCEEDED'],
  ])('%s: LOGs, and one status at the end', async (_, intercept, status) => {
    const sandbox = await confluence({intercept});
    const run = await runConnector('check', {config: sandbox.settings(), env: DEBUG});
    expectProtocol(run);
    expect(run.code).toBe(0);
    expect(new Set(types(run).slice(0, -1))).toEqual(new Set(['LOG']));
    expect(run.messages.at(-1)?.connectionStatus?.status).toBe(status);
  });
});

test('discover: one catalog, and no request', async () => {
  const sandbox = await confluence();
  const run = await runConnector('discover', {config: sandbox.settings()});
  expectProtocol(run);
  expect(run.code).toBe(0);
  expect(types(run)).toEqual(['CATALOG']);
  expect(run.messages[0]?.catalog).toEqual({
    streams: [
      {
        name: 'audit_records',
        json_schema: expect.objectContaining({type: 'object', additionalProperties: true}),
        supported_sync_modes: ['full_refresh', 'incremental'],
        source_defined_cursor: true,
        default_cursor_field: ['creationDate'],
        source_defined_primary_key: [['id']],
        is_resumable: true,
      },
    ],
  });
  expect(sandbox.requests).toEqual([]);
});

describe('read', () => {
  const log = generateLog({seed: 3, count: 6000, from: NOW - 20 * DAY, to: NOW, shape: 'office'});

  test.each([{}, DEBUG])('success, %j: messages in order, and counts that add up', async (env) => {
    const sandbox = await confluence({log});
    const run = await readInOwnProcess({config: backfill(sandbox), env});
    expectProtocol(run);
    expect(run.code).toBe(0);
    expect(run.statuses).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    const order = types(run).filter((type) => type !== 'LOG');
    expect(order.slice(0, 3)).toEqual(['TRACE', 'TRACE', 'RECORD']);
    expect(order.slice(-2)).toEqual(['STATE', 'TRACE']);
    expect(run.states.length).toBeGreaterThan(1);
    expectExactCounts(run);
    expect(run.records).toHaveLength(6000);
    const levels = new Set(run.messages.flatMap(({log: line}) => line?.level ?? []));
    expect(levels.has('DEBUG')).toBe(env === DEBUG);
  });

  test('failure in the middle: what is complete, its STATE, the error, INCOMPLETE', async () => {
    const longer = generateLog({
      seed: 3,
      count: 9000,
      from: NOW - 20 * DAY,
      to: NOW,
      shape: 'even',
    });
    const sandbox = await confluence({log: longer, pageCap: 100});
    let hasState = false;
    sandbox.options.intercept = onAudit(answer(500), () => hasState);
    const onStart = onState(() => (hasState = true));
    const run = await readInOwnProcess({config: backfill(sandbox), env: DEBUG, onStart});
    expectProtocol(run);
    expect(run.code).toBe(1);
    expect(run.records.length).toBeGreaterThan(0);
    expectExactCounts(run);
    const order = types(run).filter((type) => type !== 'LOG');
    expect(order.slice(-3)).toEqual(['STATE', 'TRACE', 'TRACE']);
    expect(run.messages.at(-1)?.trace?.stream_status?.status).toBe('INCOMPLETE');
  });

  test('a limited rate', async () => {
    const sandbox = await confluence({intercept: first(3, answer(429, {}, {'Retry-After': '7'}))});
    const run = await read({config: backfill(sandbox), env: DEBUG});
    expectProtocol(run);
    expect(run.code).toBe(0);
    expect(run.statuses.filter((status) => status === 'RUNNING')).toHaveLength(4);
  });

  test('refused settings, catalogs and states', async () => {
    const sandbox = await confluence();
    const config = backfill(sandbox);
    for (const input of [
      {config: {}},
      {config, catalog: {streams: []}},
      {config, catalog: 'x'},
      {config, state: {creationDate: 'x'}},
    ]) {
      const run = await read({...input, env: DEBUG});
      expectProtocol(run);
      expect(run.code).toBe(1);
    }
  });

  test('nothing new: a STATE all the same', async () => {
    const sandbox = await confluence();
    const {states} = await read({config: backfill(sandbox)});
    const run = await read({config: backfill(sandbox), state: stateInput(states[0])});
    expectProtocol(run);
    expect(types(run).filter((type) => type !== 'LOG')).toEqual([
      'TRACE',
      'TRACE',
      'STATE',
      'TRACE',
    ]);
    expectExactCounts(run);
  });

  test('records are what the discovered schema says', async () => {
    const sandbox = await confluence({log});
    const config = backfill(sandbox);
    const {messages} = await runConnector('discover', {config});
    const schema = messages[0]!.catalog!.streams[0]!.json_schema;
    const validate = addFormats(new Ajv({strict: false})).compile(schema);
    const {records} = await read({config});
    expect(records).toHaveLength(6000);
    const refused = records.find((record) => !validate(record));
    expect([refused, refused && validate.errors]).toEqual([undefined, undefined]);
    const declared = Object.keys((schema as {properties: object}).properties);
    const names = new Set(records.flatMap((record) => Object.keys(record)));
    expect(declared).toEqual(expect.arrayContaining([...names]));
  });
});

/** sourceStats of a STATE: the records since the one before it. */
function expectExactCounts(run: Run): void {
  let count = 0;
  for (const {record, state} of run.messages) {
    if (record) {
      count++;
    } else if (state) {
      expect(state.sourceStats).toEqual({recordCount: count});
      expect(state.type).toBe('STREAM');
      count = 0;
    }
  }
  expect(count).toBe(0);
}
