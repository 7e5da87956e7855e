import {beforeEach, describe, expect, test} from '@jest/globals';

import {generateLog} from '../sandbox/generate';
import type {Sandbox} from '../sandbox/server';
import {messagesOf} from './support/acceptance';
import {checkpointsOf} from './support/checkpoints';
import {backfill, confluence, DAY, NOW} from './support/confluence';
import {onState, read as readInOwnProcess, type Run, stateInput} from './support/connector';
import {read, runConnector} from './support/resident';

/** Silence for longer than this may fail a sync: the platform's heartbeat. */
const HEARTBEAT_MS = 3 * 3_600_000;

/** Enough for a STATE on the way. */
const LOG = generateLog({seed: 3, count: 6000, from: NOW - 20 * DAY, to: NOW, shape: 'office'});

let sandbox: Sandbox;
let config: object;

beforeEach(async () => {
  sandbox = await confluence({log: LOG});
  config = backfill(sandbox);
});

const statusesAt = ({messages}: Run): number[] =>
  messages.flatMap(({trace}, index) => (trace?.stream_status ? [index] : []));

describe("the platform's rules B6, B7, B8: statuses, failures, silence", () => {
  test('STARTED and RUNNING come before the records, COMPLETE after the last STATE', async () => {
    const run = await read({config});
    const [started = NaN, running = NaN, complete = NaN] = statusesAt(run);
    const types = run.messages.map(({type}) => type);
    expect(run.statuses).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    expect(started).toBeLessThan(running);
    expect(running).toBeLessThan(types.indexOf('RECORD'));
    expect(complete).toBeGreaterThan(types.lastIndexOf('STATE'));
    expect(types.lastIndexOf('STATE')).toBeGreaterThan(types.lastIndexOf('RECORD'));
  });

  test('a rate limit is RUNNING with exactly one reason, and when it ends', async () => {
    let left = 2;
    sandbox.options.intercept = (_request, response) =>
      left-- > 0 && Boolean(response.writeHead(429, {'Retry-After': '30'}).end());
    const run = await read({config});
    const waits = run.messages.flatMap(({trace}) => {
      const {status, reasons} = trace?.stream_status ?? {};
      return reasons
        ? [
            {
              status,
              reasons,
              inMs: (reasons[0]?.rate_limited?.quota_reset ?? 0) - (trace?.emitted_at ?? 0),
            },
          ]
        : [];
    });
    expect(waits.map(({status, reasons}) => [status, reasons.map(({type}) => type)])).toEqual([
      ['RUNNING', ['RATE_LIMITED']],
      ['RUNNING', ['RATE_LIMITED']],
    ]);
    expect(Math.min(...waits.map(({inMs}) => inMs))).toBeGreaterThanOrEqual(29_000);
    expect(run).toMatchObject({code: 0, errors: []});
  });

  test.each([
    [401, 'config_error'],
    [500, 'transient_error'],
    [400, 'system_error'],
  ])('HTTP %i after a STATE ends with 1, one %s and INCOMPLETE', async (status, failureType) => {
    sandbox.options.pageCap = 100;
    let hasState = false;
    sandbox.options.intercept = (_request, response) =>
      hasState && Boolean(response.writeHead(status).end());
    const run = await readInOwnProcess({config, onStart: onState(() => (hasState = true))});
    expect(run.code).toBe(1);
    expect(run.errors.map(({failure_type}) => failure_type)).toEqual([failureType]);
    expect(run.errors[0]?.stream_descriptor).toEqual({name: 'audit_records'});
    expect(run.statuses.at(-1)).toBe('INCOMPLETE');
    expect(run.statuses).not.toContain('COMPLETE');
    // What the next attempt adds to what a STATE covers is the whole log, each record once.
    sandbox.options.intercept = undefined;
    const covered = run.records.slice(0, checkpointsOf(run.messages).at(-1)?.before ?? 0);
    const rest = await read({config, state: stateInput(run.states.at(-1))});
    const ids = [...covered, ...rest.records].map(({id}) => id);
    expect([covered.length > 0, ids.length]).toEqual([true, sandbox.log.size]);
    expect(new Set(ids).size).toBe(sandbox.log.size);
  });

  test('a check that fails ends with 0 and one status', async () => {
    const wrong = {...config, api_token: 'wrong-token'};
    const run = await runConnector('check', {config: wrong});
    expect(run).toMatchObject({code: 0, stderr: '', errors: []});
    expect(messagesOf(run, 'CONNECTION_STATUS')).toMatchObject([
      {connectionStatus: {status: 'FAILED'}},
    ]);
  });

  test('it is never silent for as long as the heartbeat lets it be', async () => {
    sandbox.options.intercept = (_request, response) =>
      Boolean(response.writeHead(429, {'Retry-After': '900'}).end());
    const run = await read({config});
    const times = run.messages.flatMap(({trace}) => trace?.emitted_at ?? []);
    expect(run).toMatchObject({code: 1, errors: [{failure_type: 'transient_error'}]});
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(HEARTBEAT_MS);
  });
});
