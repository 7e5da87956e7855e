import {expect} from '@jest/globals';

import {logsOf, type Run} from './connector';

export type FailureType = 'config_error' | 'transient_error' | 'system_error';

/** What a failure must say: the pattern, or all of the patterns, match its message. */
export interface Expected {
  readonly type: FailureType;
  readonly says: RegExp | readonly RegExp[];
}

const STREAM = {name: 'audit_records'};

/** Asserts that a read ended as a failed read must: told once, in order, and never as a success. */
export function expectFailedRead(run: Run, expected: Expected): void {
  expectFailure(run, expected);
  expect(run.errors[0]).toMatchObject({stream_descriptor: STREAM});
  const [error, last] = run.messages.filter(({type}) => type !== 'LOG').slice(-2);
  expect(error?.trace?.type).toBe('ERROR');
  expect(last?.trace?.stream_status).toEqual({stream_descriptor: STREAM, status: 'INCOMPLETE'});
  expect(run.statuses.filter((status) => status === 'INCOMPLETE')).toHaveLength(1);
}

/** Asserts the same of a command that has no stream to speak of. */
export function expectFailure(run: Run, {type, says}: Expected): void {
  expect({code: run.code, signal: run.signal, stderr: run.stderr}).toEqual({
    code: 1,
    signal: null,
    stderr: '',
  });
  expect(run.errors).toHaveLength(1);
  expect(run.errors[0]).toMatchObject({
    failure_type: type,
    internal_message: expect.stringMatching(/\S/),
    stack_trace: expect.stringMatching(/\n\s+at /),
  });
  expectText(run.errors[0]?.message, says);
  expect(logsOf(run, 'ERROR').join('\n')).toContain(run.errors[0]?.message);
  expect(run.statuses).not.toContain('COMPLETE');
  expect(run.messages.map((message) => message.type)).not.toContain('CONNECTION_STATUS');
  expect(run.messages.map((message) => message.type)).not.toContain('CATALOG');
}

/** Asserts that a check said FAILED, once, and ended in order. */
export function expectFailedCheck(run: Run, says: Expected['says']): void {
  expect({code: run.code, signal: run.signal, stderr: run.stderr}).toEqual({
    code: 0,
    signal: null,
    stderr: '',
  });
  const statuses = run.messages.flatMap(({connectionStatus}) => connectionStatus ?? []);
  expect(statuses).toEqual([{status: 'FAILED', message: expect.any(String)}]);
  expectText(statuses[0]?.message, says);
  expect(run.records).toEqual([]);
  expect(run.states).toEqual([]);
  expect(run.statuses).toEqual([]);
}

function expectText(text: string | undefined, says: Expected['says']): void {
  for (const pattern of [says].flat()) {
    expect(text).toMatch(pattern);
  }
}
