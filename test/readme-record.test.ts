import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';

import {beforeAll, describe, expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import type {AuditRecord} from '../sandbox/audit-record';
import {generateLog} from '../sandbox/generate';
import {confluence, DAY, logOf, NOW} from './support/confluence';
import {read, type RecordData, type StreamState, stateInput} from './support/connector';
import {blocksOf, README, textOf} from './support/page-text';

type Json = Record<string, unknown>;

const TO = Date.UTC(2026, 8, 30);
const FROM = TO - 10 * DAY;

/** Reads all that a log holds. */
async function readLog(log: AuditLog, fromMs: number, toMs: number): Promise<RecordData[]> {
  const sandbox = await confluence({log, now: () => toMs + 2000});
  const settings = {backfill_start_time: new Date(fromMs).toISOString()};
  const run = await read({config: sandbox.settings(settings)});
  expect(run).toMatchObject({code: 0, errors: []});
  expect(run.records).toHaveLength(log.size);
  return run.records;
}

/** What the documented formula makes of a record: this follows its text, and not the code. */
function contentOf({cloudId, ...record}: Json): unknown[] {
  const pick = (value: unknown, names: string[]): unknown =>
    value === null || value === undefined
      ? null
      : names.map((name) => (value as Json)[name] ?? null);
  const pickEach = (values: unknown, names: string[]): unknown =>
    values === null || values === undefined
      ? null
      : (values as unknown[]).map((value) => pick(value, names));
  const {accountId} = (record['author'] ?? {}) as Json;
  return [
    cloudId,
    record['creationDate'],
    ...['category', 'summary', 'description', 'remoteAddress', 'sysAdmin', 'superAdmin'].map(
      (name) => record[name] ?? null,
    ),
    accountId ? accountId : pick(record['author'], ['type', 'displayName']),
    pick(record['affectedObject'], ['name', 'objectType']),
    pickEach(record['changedValues'], [
      'name',
      'oldValue',
      'newValue',
      'hiddenOldValue',
      'hiddenNewValue',
    ]),
    pickEach(record['associatedObjects'], ['name', 'objectType']),
  ];
}

function hashOf(record: Json): string {
  const content = JSON.stringify(contentOf(record));
  return createHash('sha256').update(content, 'utf8').digest('hex').slice(0, 32);
}

describe('the example of a record', () => {
  const [block] = blocksOf(README).filter(({language}) => language === 'json');
  const example = JSON.parse(block!.lines.join('\n')) as RecordData;
  let records: RecordData[];
  beforeAll(async () => {
    const log = generateLog({seed: 7, count: 500, from: FROM, to: TO, shape: 'office'});
    records = await readLog(log, FROM, TO);
  });

  test('is what a read of the sandbox brings, field by field and in that order', () => {
    const record = records.find(({id}) => id === example.id);
    expect(record).toEqual(example);
    expect(JSON.stringify(record)).toBe(JSON.stringify(example));
  });

  test('has the id that the formula gives, and so have all records', () => {
    expect(example.id).toBe(`v1:${hashOf(example)}`);
    for (const record of records) {
      expect(record.id.replace(/(?<=v1:\w{32}):\d+$/, '')).toBe(`v1:${hashOf(record)}`);
    }
  });

  const hasPython = spawnSync('python3', ['-c', '']).status === 0;
  (hasPython ? test : test.skip)('has it by the line of Python, too', () => {
    const [, line = ''] = /`(hashlib\.sha256\([^`]+)`/.exec(textOf('docs/record.md')) ?? [];
    const program = `import hashlib, json, sys\nfor line in sys.stdin: array = json.loads(line); print(${line.replace('\n', ' ')})`;
    const input = records.map((record) => JSON.stringify(contentOf(record))).join('\n');
    const {stdout, stderr} = spawnSync('python3', ['-c', program], {input, encoding: 'utf8'});
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(records.map(hashOf));
  });
});

describe('the formula of the id', () => {
  /** All that a record may lack, and letters that JSON may write in several ways. */
  const odd: Json[] = [
    {},
    {author: null, affectedObject: null, changedValues: null, associatedObjects: null},
    {author: {}, affectedObject: {}, changedValues: [], associatedObjects: []},
    {author: {type: 'user', displayName: 'System'}, changedValues: [{}], associatedObjects: [{}]},
    {author: {type: 'user', displayName: 'Ann', accountId: ''}, affectedObject: {name: 'x'}},
    {author: {accountId: 'a', displayName: 'Ann'}, changedValues: [{newValue: 'y'}, {name: null}]},
    {summary: 'é Ω \u2028 \u007f 😀 / \\ " \n \t \u0001', category: '', unknown: {a: [1, 'b']}},
  ];

  test('holds for records that lack something', async () => {
    const records = odd.map((record, n) => ({...record, creationDate: NOW - 1000 * (9 - n)}));
    const log = AuditLog.from(records as unknown as AuditRecord[]);
    const found = await readLog(log, NOW - DAY, NOW);
    expect(found.map(({id}) => id)).toEqual(found.map((record) => `v1:${hashOf(record)}`));
  });

  test('numbers twins', async () => {
    const twins = Array.from({length: 3}, () => ({creationDate: NOW - DAY / 2, summary: 'twice'}));
    const log = AuditLog.from(twins as unknown as AuditRecord[]);
    const found = await readLog(log, NOW - DAY, NOW);
    const id = `v1:${hashOf(found[0]!)}`;
    expect(found.map((record) => record.id)).toEqual([id, `${id}:2`, `${id}:3`]);
  });
});

test('the state has the fields that are documented, and no others', async () => {
  const [, told = ''] = /The state is `(\{.*?\})`/s.exec(textOf('docs/how-it-works.md')) ?? [];
  const names = [...told.matchAll(/"(\w+)":/g)].map(([, name]) => name!);
  const sandbox = await confluence({log: logOf(2)});
  const run = await read({config: sandbox.settings({backfill_start_time: '2026-06-01'})});
  const state = run.states.at(-1) as StreamState;
  expect(Object.keys(state).sort()).toEqual(names.sort());
  expect(await read({config: sandbox.settings(), state: stateInput(state)})).toMatchObject({
    code: 0,
    records: [],
  });
});
