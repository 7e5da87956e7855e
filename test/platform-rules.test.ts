import assert from 'node:assert/strict';

import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {generateLog} from '../sandbox/generate';
import type {Sandbox} from '../sandbox/server';
import {messagesOf} from './support/acceptance';
import {startAcceptanceSandbox} from './support/acceptance-sandbox';
import {checkpointsOf} from './support/checkpoints';
import {backfill, confluence, DAY, NOW} from './support/confluence';
import {
  CATALOG,
  read as readInOwnProcess,
  type Run,
  runConnector as runInOwnProcess,
  stateInput,
} from './support/connector';
import {read, runConnector} from './support/resident';

const MAIN = join(__dirname, '..', 'bin', 'main');

let sandbox: Sandbox;
let config: object;
/** A read of all that the sandbox holds, with nothing odd about it. */
let usual: Run;

beforeAll(async () => {
  sandbox = await startAcceptanceSandbox();
  config = sandbox.settings({backfill_start_time: '2026-01-31'});
  usual = await readInOwnProcess({config});
});
afterAll(() => sandbox.close());

/** Runs a shell's command line as the platform does: from another folder, through `sh -c eval`. */
function runByShell(line: string): ReturnType<typeof spawnSync> {
  const env = {...process.env, AIRBYTE_ENTRYPOINT: MAIN};
  return spawnSync('sh', ['-c', line], {cwd: tmpdir(), env, encoding: 'utf8'});
}

describe('B1, B2: how the platform starts and stops it', () => {
  test('AIRBYTE_ENTRYPOINT works under `sh -c eval` from any folder', () => {
    const {status, stdout, stderr} = runByShell('eval "$AIRBYTE_ENTRYPOINT spec"');
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(String(stdout))).toMatchObject({type: 'SPEC'});
  });

  test('WORKER_JOB_ID and the rest of its environment change nothing', async () => {
    const env = {WORKER_JOB_ID: '7', WORKER_JOB_ATTEMPT: '0', DEPLOYMENT_MODE: 'OSS'};
    const small = await confluence();
    const input = {config: backfill(small)};
    const [plain, there] = [await read(input), await readInOwnProcess({...input, env})];
    expect(there.records).toHaveLength(small.log.size);
    expect(there.records).toEqual(plain.records);
    const shown = await runInOwnProcess('discover', {...input, env});
    expect(shown.stdout).toBe((await runConnector('discover', input)).stdout);
  });

  test('SIGTERM ends it at once, by the signal', async () => {
    const silent = await confluence({delayMs: 30_000});
    const started = Date.now();
    const run = await readInOwnProcess({
      config: backfill(silent),
      onStart: (child) => setTimeout(() => child.kill(), 700),
    });
    expect([run.code, run.signal]).toEqual([null, 'SIGTERM']);
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(run.statuses).not.toContain('COMPLETE');
  });

  test('a pipe that is closed ends it quietly, and not with 0', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'catalog.json'), JSON.stringify(CATALOG));
    const child = spawn(MAIN, ['read', '--config', 'config.json', '--catalog', 'catalog.json'], {
      cwd: folder,
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, stderr]).toEqual([1, '']);
    rmSync(folder, {recursive: true});
  });
});

describe('B3: what it writes', () => {
  test('stdout holds one message a line, and stderr nothing', () => {
    const types = new Set(usual.messages.map(({type}) => type));
    expect([...types].sort()).toEqual(['LOG', 'RECORD', 'STATE', 'TRACE']);
    expect([usual.code, usual.stderr]).toEqual([0, '']);
    expect(usual.stdout.endsWith('\n')).toBe(true);
  });

  test('SPEC comes first, alone and small', async () => {
    const {messages, stdout} = await runInOwnProcess('spec');
    expect(messages.map(({type}) => type)).toEqual(['SPEC']);
    expect(Buffer.byteLength(stdout)).toBeLessThan(2_000_000);
    expect(stdout).not.toContain('protocol_version');
  });
});

describe('B4: records', () => {
  test('every record is of a stream in the catalog, with data, a primary key and a time', () => {
    const records = messagesOf(usual, 'RECORD').map(({record}) => record);
    expect(new Set(records.flatMap((record) => Object.keys(record ?? {})))).toEqual(
      new Set(['stream', 'emitted_at', 'data']),
    );
    expect(new Set(records.map((record) => record?.stream))).toEqual(new Set(['audit_records']));
    const ids = usual.records.map(({id}) => id);
    expect(ids.filter((id) => !/^v1:[0-9a-f]{32}(:\d+)?$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(sandbox.log.size);
    expect(records.filter((record) => !Number.isInteger(record?.emitted_at))).toEqual([]);
  });

  test('the schema names every top-level field: the platform strips the others', async () => {
    const [{catalog} = {}] = messagesOf(await runConnector('discover', {config}), 'CATALOG');
    const schema = catalog?.streams[0]?.json_schema as {properties: object};
    const fields = new Set(usual.records.flatMap(Object.keys));
    expect([...fields].filter((field) => !(field in schema.properties))).toEqual([]);
  });

  test('a stream that is not there ends it with config_error, and nothing of it is written', async () => {
    const [known] = CATALOG.streams;
    const catalog = {streams: [{...known, stream: {...known?.stream, name: 'users'}}]};
    const run = await read({config, catalog});
    expect(run).toMatchObject({code: 1, records: [], states: [], statuses: ['INCOMPLETE']});
    expect(run.errors.map(({failure_type}) => failure_type)).toEqual(['config_error']);
  });
});

describe('B5: states', () => {
  test('all are of type STREAM, for the stream of the catalog, in the clear', () => {
    const states = messagesOf(usual, 'STATE').map(({state}) => state);
    expect(states.length).toBeGreaterThan(2);
    for (const state of states) {
      expect(state).toMatchObject({
        type: 'STREAM',
        stream: {stream_descriptor: {name: 'audit_records'}},
      });
      expect(Number.isInteger(state?.stream.stream_state.creationDate)).toBe(true);
    }
  });

  test('recordCount is exact: the records since the last STATE', () => {
    const told = messagesOf(usual, 'STATE').map(({state}) => state?.sourceStats.recordCount);
    expect(told).toEqual(checkpointsOf(usual.messages).map(({since}) => since));
  });

  test('a STATE comes after all that it covers', () => {
    for (const {state, before} of checkpointsOf(usual.messages)) {
      const later = usual.records.slice(before).map(({creationDate}) => creationDate);
      expect(later.filter((time) => time <= state.creationDate)).toEqual([]);
    }
  });

  test('there is one without any record, too, before COMPLETE', async () => {
    const again = await read({config, state: stateInput(usual.states.at(-1))});
    expect(again).toMatchObject({code: 0, records: []});
    expect(again.messages.filter(({type}) => type !== 'LOG').slice(-2)).toMatchObject([
      {type: 'STATE', state: {sourceStats: {recordCount: 0}}},
      {type: 'TRACE', trace: {stream_status: {status: 'COMPLETE'}}},
    ]);
  });

  test.each([
    ['no file', undefined],
    ['an empty list', []],
    ['an empty object', {}],
  ])('a first sync may bring %s', async (_what, state) => {
    const small = await confluence();
    const run = await read({config: backfill(small), state});
    expect(run.records).toHaveLength(small.log.size);
  });

  test('a full refresh that is tried again goes on where it was', async () => {
    const catalog = {streams: [{...CATALOG.streams[0], sync_mode: 'full_refresh'}]};
    const log = generateLog({seed: 3, count: 6000, from: NOW - 20 * DAY, to: NOW, shape: 'even'});
    const input = {config: backfill(await confluence({log})), catalog};
    const first = await read(input);
    const [{state, before} = {state: undefined, before: 0}] = checkpointsOf(first.messages);
    const second = await read({...input, state: stateInput(state)});
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(log.size);
    assert.deepEqual(second.records, first.records.slice(before));
  });
});
