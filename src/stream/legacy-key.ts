import {hash} from 'node:crypto';

import type {AuditRecord} from '../confluence/page';

type Json = Readonly<Record<string, unknown>>;

/** The key under which version 1.0.0 remembered a record in its state: its ids covered less. */
export function legacyKey(cloudId: string, {json}: AuditRecord): string {
  const record = JSON.parse(json.toString('utf8')) as Json;
  const author = record['author'] as Json | null | undefined;
  const accountId = author?.['accountId'];
  const content = [
    cloudId,
    record['creationDate'],
    ...['category', 'summary', 'description', 'remoteAddress'].map((key) => record[key] ?? null),
    typeof accountId === 'string' && accountId !== ''
      ? accountId
      : pick(author, ['type', 'displayName']),
    pick(record['affectedObject'], ['name', 'objectType']),
    pickEach(record['changedValues'], ['name', 'oldValue', 'newValue']),
    pickEach(record['associatedObjects'], ['name', 'objectType']),
  ];
  return hash('sha256', JSON.stringify(content), 'hex').slice(0, 20);
}

function pick(value: unknown, keys: readonly string[]): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? keys.map((key) => (value as Json)[key] ?? null)
    : (value ?? null);
}

function pickEach(value: unknown, keys: readonly string[]): unknown {
  return Array.isArray(value) ? value.map((each) => pick(each, keys)) : (value ?? null);
}
