import {gzipSync} from 'node:zlib';

import {describe, expect, test} from '@jest/globals';

import {asSent, backfill, confluence, HOUR, logOf, NOW} from './support/confluence';
import {CATALOG, logsOf, stateInput, type StreamState} from './support/connector';
import {read} from './support/resident';
import {expectFailedRead} from './support/expect-failure';

const STREAM = {name: 'audit_records'};
/** After the second of the four records. */
const CURSOR = NOW - 2 * HOUR - 90_000;
const BARE = {creationDate: CURSOR};
const FULL_REFRESH = {
  streams: [{...CATALOG.streams[0]!, sync_mode: 'full_refresh', destination_sync_mode: 'append'}],
};

function gzipped(state: unknown): {format: string; data: string} {
  return {
    format: 'base64/gzip',
    data: gzipSync(JSON.stringify(state)).toString('base64'),
  };
}

function streamState(state: unknown, name = STREAM.name): object {
  return {type: 'STREAM', stream: {stream_descriptor: {name}, stream_state: state}};
}

describe('a state is understood in every form in which it may come', () => {
  test.each<[string, unknown]>([
    ['the list that the platform hands over', [streamState(BARE)]],
    [
      'with nulls and keys of others',
      [
        {
          ...streamState({...BARE, lookbackFrom: null, cloudId: null, added: {later: true}}),
          stream: {
            stream_descriptor: {name: STREAM.name, namespace: null, x: 1},
            stream_state: {...BARE, lookbackFrom: null, cloudId: null, added: {later: true}},
          },
          global_: null,
          global: null,
          data: null,
          id: 7,
          sourceStats: {recordCount: 3},
          destinationStats: null,
        },
      ],
    ],
    ['among other streams', [streamState({cursor: 'x'}, 'pages'), streamState(BARE)]],
    ['a STATE message as it was written', [{type: 'STATE', state: streamState(BARE)}]],
    ['one state outside a list', streamState(BARE)],
    ['twice: the last one counts', [streamState({creationDate: CURSOR - HOUR}), streamState(BARE)]],
    ['a legacy object', {audit_records: BARE, other: {a: 1}}],
    ['a legacy state in a list', [{type: 'LEGACY', data: {audit_records: BARE}}]],
    ['a legacy object in a list', [{audit_records: BARE}]],
    ['a bare stream state', BARE],
    ["the CDK's gzip form of a legacy object", gzipped({audit_records: BARE})],
    ["the CDK's gzip form of a bare state", gzipped(BARE)],
    ["the CDK's gzip form in a legacy state", [{data: gzipped({audit_records: BARE})}]],
    ["the CDK's gzip form of a stream state", [streamState(gzipped(BARE))]],
    ["the CDK's gzip form under the stream's name", {audit_records: gzipped(BARE)}],
  ])('%s', async (_, state) => {
    const sandbox = await confluence({log: logOf(4)});
    const run = await read({config: backfill(sandbox), state});
    expect(run).toMatchObject({code: 0, stderr: '', errors: []});
    expect(run.records.map(asSent)).toEqual([...sandbox.log].slice(2));
  });

  test.each<[string, unknown]>([
    ['an empty list', []],
    ['an empty object', {}],
    ['null', 'null'],
    ['other streams only', [streamState({cursor: 1}, 'pages')]],
    ['other streams only, in a legacy object', {pages: {cursor: 1}}],
    [
      'our stream in another namespace',
      [
        {
          type: 'STREAM',
          stream: {stream_descriptor: {...STREAM, namespace: 'x'}, stream_state: BARE},
        },
      ],
    ],
    ['an empty stream state', [streamState({})]],
    ['no stream state', [streamState(null)]],
  ])('%s is not a state: the sync is a first one', async (_, state) => {
    const sandbox = await confluence({log: logOf(4)});
    const run = await read({config: backfill(sandbox), state});
    expect(run).toMatchObject({code: 0, stderr: '', errors: []});
    expect(run.records.map(asSent)).toEqual([...sandbox.log]);
  });

  test('in full_refresh it is honoured, too: it is a resumed attempt', async () => {
    const sandbox = await confluence({log: logOf(4)});
    const state = [streamState(BARE)];
    const run = await read({config: backfill(sandbox), catalog: FULL_REFRESH, state});
    expect(run.records.map(asSent)).toEqual([...sandbox.log].slice(2));
    expect(run.states.at(-1)?.creationDate).toBeGreaterThan(CURSOR);
  });
});

test('a cursor that somebody has set back counts, whatever was settled', async () => {
  const sandbox = await confluence({log: logOf(60)});
  const config = backfill(sandbox);
  const whole = await read({config});
  const state = whole.states.at(-1)!;
  const creationDate = whole.records[40]!.creationDate;
  const again = await read({config, state: stateInput({...state, creationDate, emitted: []})});
  expect(again.code).toBe(0);
  expect(again.records).toEqual(
    whole.records.slice(41).map((each) => expect.objectContaining({id: each.id})),
  );
});

describe('a state that cannot be understood is refused before any request', () => {
  const whole = gzipped(BARE).data;
  test.each<[string, unknown, RegExp]>([
    ['a cursor that is a string', [streamState({creationDate: '1767225600000'})], /creationDate/],
    ['a negative cursor', [streamState({creationDate: -1})], /creationDate/],
    ['a cursor that is not an integer', {creationDate: 1.5}, /creationDate/],
    ['a cursor that is null', {creationDate: null}, /creationDate/],
    ['no cursor', [streamState({cursor: 5})], /creationDate/],
    ['an object in place of the cursor', [streamState({cursor: {}})], /creationDate/],
    ['a legacy object without a cursor', {audit_records: {cursor: 5}}, /creationDate/],
    ['a stream state that is a list', [streamState([])], /not an object/],
    ['a stream state that is a string', {audit_records: 'x'}, /not an object/],
    ['an odd lookbackFrom', [streamState({...BARE, lookbackFrom: 'x'})], /lookbackFrom/],
    ['an odd readFrom', [streamState({...BARE, readFrom: 'x'})], /readFrom/],
    ['odd windows', [streamState({...BARE, settled: [[1]]})], /settled/],
    ['a window from later to earlier', [streamState({...BARE, settled: [[9, 1]]})], /settled/],
    ['no list of windows', [streamState({...BARE, settled: 0})], /settled/],
    ['a key that is null', [streamState({...BARE, emitted: [[1, null]]})], /emitted/],
    ['odd keys', [streamState({...BARE, lookbackFrom: 1, emitted: [1]})], /emitted/],
    ['an odd cloud id', [streamState({...BARE, cloudId: 5})], /cloudId/],
    ['a list of numbers', [1, 2], /a number, which is not an object/],
    ['a list of other objects', [{foo: 'bar'}], /creationDate/],
    ['a GLOBAL state', [{type: 'GLOBAL', global: {stream_states: []}}], /creationDate/],
    ['a state of no stream', [{type: 'STREAM', stream: {stream_state: BARE}}], /descriptor/],
    ['a number', '7', /number/],
    ['a string', '"x"', /string/],
    ['values that are no states', {a: 1}, /creationDate/],
    ['a format that is not known', {format: 'brotli', data: 'AAAA'}, /brotli/],
    ['data that is not gzip', {format: 'base64/gzip', data: 'AAAA'}, /cannot be understood/],
    [
      'half a gzip stream',
      [streamState({format: 'base64/gzip', data: whole.slice(0, whole.length / 2)})],
      /cannot be understood/,
    ],
    [
      'gzip of what is not JSON',
      {format: 'base64/gzip', data: gzipSync('{').toString('base64')},
      /JSON/,
    ],
  ])('%s', async (_, state, why) => {
    const sandbox = await confluence();
    const run = await read({config: backfill(sandbox), state});
    const says = [/saved state/, /Restore the state that the last sync wrote/, why];
    expectFailedRead(run, {type: 'config_error', says});
    expect(run.records).toEqual([]);
    expect(run.states).toEqual([]);
    expect(sandbox.requests).toEqual([]);
  });

  test('a state of another site', async () => {
    const sandbox = await confluence();
    const foreign = '99999999-2222-4333-8444-555555555555';
    const state = stateInput({...BARE, cloudId: foreign});
    const run = await read({config: backfill(sandbox), state});
    expectFailedRead(run, {
      type: 'config_error',
      says: [/another Confluence site/, new RegExp(foreign), new RegExp(sandbox.options.cloudId)],
    });
    expect(sandbox.requests).toEqual([]);
  });
});

describe('a state in the future', () => {
  test.each([
    ['a year', NOW + 365 * 24 * HOUR],
    ['beyond all calendars', 9_007_199_254_740_991],
  ])('%s: nothing is read, and it is kept', async (_, creationDate) => {
    const sandbox = await confluence();
    const run = await read({config: backfill(sandbox), state: [streamState({creationDate})]});
    expect(run).toMatchObject({code: 0, stderr: '', errors: [], records: []});
    expect(run.statuses.at(-1)).toBe('COMPLETE');
    expect(run.states).toMatchObject([{creationDate}]);
    expect(logsOf(run, 'WARN').join('\n')).toMatch(/ahead of all clocks.+make a new connection/);
    const again = await read({config: backfill(sandbox), state: stateInput(run.states[0])});
    expect(again.states).toMatchObject([{creationDate}]);
  });

  test('a future start without a state: nothing is read until then, and nothing before it ever', async () => {
    const sandbox = await confluence();
    const startMs = NOW + 2 * HOUR;
    const config = backfill(sandbox, {backfill_start_time: new Date(startMs).toISOString()});
    const early = await read({config});
    expect(early).toMatchObject({code: 0, errors: [], records: []});
    expect(early.statuses.at(-1)).toBe('COMPLETE');
    expect(early.states).toHaveLength(1);

    const [before, at] = [...logOf(2)];
    sandbox.log.add({...before!, creationDate: startMs - 1});
    sandbox.log.add({...at!, creationDate: startMs});
    sandbox.options.now = () => NOW + 3 * HOUR;
    const late = await read({config, state: stateInput(early.states[0])});
    expect(late.records.map(({creationDate}) => creationDate)).toEqual([startMs]);
  });
});

test('the first sync without a start sets the cursor to now, and reads nothing of the past', async () => {
  const sandbox = await confluence();
  const config = sandbox.settings();
  const first = await read({config});
  expect(first).toMatchObject({code: 0, errors: [], records: []});
  expect(first.statuses).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
  expect(first.states).toHaveLength(1);
  expect(Math.abs((first.states[0] as StreamState).creationDate - NOW)).toBeLessThanOrEqual(1000);

  sandbox.log.add({...[...logOf(1)][0]!, creationDate: NOW + 60_000});
  sandbox.options.now = () => NOW + HOUR;
  const second = await read({config, state: stateInput(first.states[0])});
  expect(second.records.map(({creationDate}) => creationDate)).toEqual([NOW + 60_000]);
});
