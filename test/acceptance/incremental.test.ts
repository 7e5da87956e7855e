import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';

import {AuditLog} from '../../sandbox/audit-log';
import {eventSource} from '../../sandbox/generate';
import type {Sandbox} from '../../sandbox/server';
import {entryOf, messagesOf, readJson, settingsOf} from '../support/acceptance';
import {startAcceptanceSandbox} from '../support/acceptance-sandbox';
import type {Run, StreamState} from '../support/connector';
import {runConnector} from '../support/resident';

describe('TestIncremental', () => {
  let sandbox: Sandbox;
  let read: (state?: unknown) => Promise<Run>;
  /** A read without a state. */
  let whole: Run;
  const entry = entryOf('incremental');

  beforeAll(async () => {
    sandbox = await startAcceptanceSandbox();
    const catalog = readJson(entry.configured_catalog_path ?? '');
    const config = settingsOf(entry, sandbox);
    read = (state) => runConnector('read', {config, catalog, state});
    whole = await read();
  });
  afterAll(() => sandbox.close());

  /** A state as the official tool hands it on. */
  const input = (state: StreamState | undefined): unknown => [
    {
      type: 'STREAM',
      stream: {stream_descriptor: {name: 'audit_records'}, stream_state: state},
    },
  ];

  test('test_two_sequential_reads', async () => {
    expect(whole.states.length).toBeGreaterThan(0);
    expect(whole.records).toHaveLength(sandbox.log.size);
    const {log} = sandbox.options;
    sandbox.options.log = AuditLog.from(log);
    const now = sandbox.options.now();
    sandbox.log.add(eventSource(1)(now - 30 * 60_000));
    sandbox.log.add(eventSource(2)(now - 1000));
    const second = await read(input(whole.states.at(-1)));
    sandbox.options.log = log;
    expect(second.records.map(({creationDate}) => creationDate)).toEqual([
      now - 30 * 60_000,
      now - 1000,
    ]);
    expect(whole.records.at(-1)?.creationDate).toBeLessThanOrEqual(now - 30 * 60_000);
  });

  test('test_read_sequential_slices', async () => {
    const ids = whole.records.map(({id}) => id);
    expect(whole.states.length).toBeGreaterThan(2);
    let emitted = 0;
    for (const message of messagesOf(whole, 'STATE')) {
      emitted += message.state?.sourceStats.recordCount ?? NaN;
      const state = message.state?.stream.stream_state;
      const rest = await read(input(state));
      expect(rest.records.map(({id}) => id)).toEqual(ids.slice(emitted));
      const cursors = rest.records.map(({creationDate}) => creationDate);
      expect(Math.min(...cursors)).toBeGreaterThan(state?.creationDate ?? NaN);
    }
    expect(emitted).toBe(ids.length);
  });

  test('test_state_with_abnormally_large_values', async () => {
    const {future_state_path: path = '', cursor_format: format} = entry.future_state ?? {};
    const run = await read(readJson(path));
    expect(run.records).toEqual([]);
    expect(run.states.length).toBeGreaterThan(0);
    expect(run).toMatchObject({code: 0, errors: []});
    const cursors = [...run.states, ...whole.states].map(({creationDate}) => String(creationDate));
    const pattern = new RegExp(format?.format ?? '');
    expect(cursors.filter((cursor) => !pattern.test(cursor))).toEqual([]);
  });
});
