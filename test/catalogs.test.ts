import {describe, expect, test} from '@jest/globals';

import {asSent, backfill, confluence} from './support/confluence';
import {CATALOG, stateInput} from './support/connector';
import {expectFailedRead, expectFailure} from './support/expect-failure';
import {read} from './support/resident';

const CONFIGURED = CATALOG.streams[0]!;

const DISCOVERED = /it is what `discover` prints\..*"sync_mode": "incremental"/;

/** A catalog that names one stream, with other values in places. */
function catalogOf(stream: object, others: object = {}): object {
  return {
    streams: [{...CONFIGURED, ...others, stream: {...CONFIGURED.stream, ...stream}}],
  };
}

describe('a catalog that is not usable is refused before any request', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'an unknown stream, as the acceptance tests name it',
      catalogOf({name: '__AIRBYTE__stream_that_does_not_exist'}, {sync_mode: 'INVALID'}),
      /no stream `__AIRBYTE__stream_that_does_not_exist`.*`audit_records`/,
    ],
    ['our stream in another namespace', catalogOf({namespace: 'x'}), /no stream `x.audit_records`/],
  ])('%s: told of that stream', async (_, catalog, says) => {
    const sandbox = await confluence();
    const run = await read({config: backfill(sandbox), catalog});
    expectFailure(run, {type: 'config_error', says});
    const {stream} = (catalog as typeof CATALOG).streams[0]!;
    const {name, namespace} = stream as {name: string; namespace?: string};
    const descriptor = {name, ...(namespace !== undefined && {namespace})};
    expect(run.errors[0]?.stream_descriptor).toEqual(descriptor);
    expect(run.messages.at(-1)?.trace?.stream_status).toEqual({
      stream_descriptor: descriptor,
      status: 'INCOMPLETE',
    });
    expect(sandbox.requests).toEqual([]);
  });

  test.each<[unknown]>([['INVALID'], [null], [undefined], [7]])('sync_mode %j', async (mode) => {
    const sandbox = await confluence();
    const catalog = catalogOf({}, {sync_mode: mode});
    const run = await read({config: backfill(sandbox), catalog});
    expectFailedRead(run, {type: 'config_error', says: /`sync_mode` of `audit_records`/});
    expect(sandbox.requests).toEqual([]);
  });

  test.each<[string, unknown, RegExp]>([
    ['no stream at all', {streams: []}, /names 0 streams/],
    ['a list', [], /no list `streams`/],
    ['null', 'null', /no list `streams`/],
    ['no streams', {}, /no list `streams`/],
    ['streams that are an object', {streams: {}}, /no list `streams`/],
    ['a stream that is a string', {streams: ['audit_records']}, /has no `name`/],
    ['a stream without a name', {streams: [{stream: {}, sync_mode: 'incremental'}]}, /no `name`/],
    ['the streams that discover prints', {streams: [CONFIGURED.stream]}, DISCOVERED],
    [
      'the message that discover prints',
      {type: 'CATALOG', catalog: {streams: [CONFIGURED.stream]}},
      DISCOVERED,
    ],
  ])('%s', async (_, catalog, says) => {
    const sandbox = await confluence();
    const run = await read({config: backfill(sandbox), catalog});
    expectFailure(run, {type: 'config_error', says: [/configured catalog/, says]});
    expect(run.statuses).toEqual([]);
    expect(sandbox.requests).toEqual([]);
  });

  test.each<[string, object[], RegExp]>([
    [
      'ours and another one',
      [CONFIGURED, {...CONFIGURED, stream: {name: 'pages'}}],
      /no stream `pages`/,
    ],
    ['ours twice', [CONFIGURED, CONFIGURED], /names 2 streams/],
  ])('%s', async (_, streams, says) => {
    const sandbox = await confluence();
    const run = await read({config: backfill(sandbox), catalog: {streams}});
    expectFailedRead(run, {type: 'config_error', says});
    expect(sandbox.requests).toEqual([]);
  });
});

describe('a catalog that is usable', () => {
  test.each<[string, object]>([
    ['incremental', CATALOG],
    [
      'full_refresh',
      catalogOf({}, {sync_mode: 'full_refresh', destination_sync_mode: 'overwrite'}),
    ],
    ['nulls', catalogOf({namespace: null}, {cursor_field: null, primary_key: null})],
    ['an empty namespace', catalogOf({namespace: ''})],
    [
      'all that Airbyte adds',
      catalogOf(
        {source_defined_cursor: true, is_resumable: true},
        {
          cursor_field: ['creationDate'],
          primary_key: [['id']],
          generation_id: 3,
          minimum_generation_id: 0,
          sync_id: 9,
          include_files: false,
          fields: [],
        },
      ),
    ],
  ])('%s', async (_, catalog) => {
    const sandbox = await confluence();
    const run = await read({config: backfill(sandbox), catalog});
    expect(run).toMatchObject({code: 0, stderr: '', errors: []});
    expect(run.records.map(asSent)).toEqual([...sandbox.log]);
    expect(run.states).toHaveLength(1);
    for (const {record, state, trace} of run.messages) {
      const descriptor = trace?.stream_status?.stream_descriptor ?? state?.stream.stream_descriptor;
      expect(descriptor ?? {name: record?.stream ?? 'audit_records'}).toEqual({
        name: 'audit_records',
      });
    }
  });
});

describe('a full refresh', () => {
  const FULL = catalogOf({}, {sync_mode: 'full_refresh', destination_sync_mode: 'overwrite'});

  test.each<[string, unknown]>([
    ['no state', undefined],
    ['an empty list', []],
    ['an empty object', {}],
  ])('without a backfill start and with %s would empty the table: refused', async (_, state) => {
    const sandbox = await confluence();
    const run = await read({config: sandbox.settings(), catalog: FULL, state});
    expectFailedRead(run, {
      type: 'config_error',
      says: [/empty the table at each sync/, /Backfill Start Time/],
    });
    expect(sandbox.requests).toEqual([]);
  });

  test('with a state is a resumed attempt, and needs no start', async () => {
    const sandbox = await confluence();
    const {states} = await read({config: backfill(sandbox), catalog: FULL});
    const config = sandbox.settings();
    const run = await read({config, catalog: FULL, state: stateInput(states[0])});
    expect(run).toMatchObject({code: 0, errors: [], records: []});
  });
});
