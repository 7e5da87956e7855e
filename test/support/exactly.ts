import assert from 'node:assert/strict';

import {AuditLog} from '../../sandbox/audit-log';
import {serialiseRecord, type AuditRecord} from '../../sandbox/audit-record';
import {asSent} from './confluence';
import type {RecordData} from './connector';

/**
 * What came is the log: each record as often as it happened, and each under an id of its own.
 * @throws AssertionError that shows the first that differ
 */
export function assertExactly(came: readonly RecordData[], log: Iterable<AuditRecord>): void {
  const sent = came.map((record) => JSON.stringify(asSent(record)));
  const there = textsOf(log);
  const missing = difference(there, sent);
  const surplus = difference(sent, there);
  assert.deepEqual(
    {missing: missing.length, surplus: surplus.length, first: [missing[0], surplus[0]]},
    {missing: 0, surplus: 0, first: [undefined, undefined]},
  );
  assert.equal(new Set(came.map(({id}) => id)).size, came.length, 'ids are unique');
}

/** The JSON of each record, as it is usually spelled. */
function textsOf(log: Iterable<AuditRecord>): string[] {
  return log instanceof AuditLog && log.spelling === 'usual'
    ? log.texts()
    : Array.from(log, serialiseRecord);
}

/** What the first list has and the second has not, counting how often. */
function difference(these: readonly string[], those: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const text of those) {
    left.set(text, (left.get(text) ?? 0) + 1);
  }
  return these.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
}
