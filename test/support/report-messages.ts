import {writeFileSync} from 'node:fs';

interface RecordOptions {
  creationDate: unknown;
  /** Account id and display name; System has no account id. */
  who?: [accountId: string, displayName: string];
  category?: string;
  summary?: string;
  remoteAddress?: string;
  /** The affected object and the associated ones, each as name and type. */
  about?: [name: string, objectType: string][];
  /** Names of changed values, with the old and the new one. */
  changes?: [name: string, oldValue: string, newValue: string][];
}

/** The data of an audit record, as `read` emits it. */
export function auditRecord(options: RecordOptions): Record<string, unknown> {
  const {creationDate, who = ['a-1', 'Someone'], remoteAddress = ''} = options;
  const {category = 'Page', summary = 'Page archived', about = [], changes = []} = options;
  const [accountId, displayName] = who;
  const [affectedObject = {name: '', objectType: ''}, ...associatedObjects] = about.map(
    ([name, objectType]) => ({name, objectType}),
  );
  return {
    author: {type: 'user', displayName, operations: null, ...(accountId && {accountId})},
    remoteAddress,
    creationDate,
    summary,
    category,
    affectedObject,
    changedValues: changes.map(([name, oldValue, newValue]) => ({name, oldValue, newValue})),
    associatedObjects,
    cloudId: 'c-1',
  };
}

/** A RECORD line as `read` writes it. */
export function record(options: RecordOptions): string {
  const data = auditRecord(options);
  return JSON.stringify({type: 'RECORD', record: {stream: 'audit_records', emitted_at: 0, data}});
}

/** What a "Space permission added" is about: the grantee is affected, the space associated (captured). */
export const SPACE_PERMISSION: Pick<RecordOptions, 'category' | 'summary' | 'about' | 'changes'> = {
  category: 'Permissions',
  summary: 'Space permission added',
  about: [
    ['designers:4375f4c3-1f2e-4a5b-8c9d-0e1f2a3b4c5d', 'Group'],
    ['Handbook', 'Space'],
  ],
  changes: [
    ['Type', '', 'EDITSPACE'],
    ['Space', '', 'HB'],
    ['Group', '', 'designers'],
  ],
};

/** A STATE line whose cursor is at `creationDate`, in epoch milliseconds. */
export function state(creationDate: number): string {
  const stream = {stream_descriptor: {name: 'audit_records'}, stream_state: {creationDate}};
  return JSON.stringify({type: 'STATE', state: {type: 'STREAM', stream}});
}

export function log(level: string, message: string): string {
  return JSON.stringify({type: 'LOG', log: {level, message}});
}

/** A TRACE line with a STREAM_STATUS. */
export function status(value: string): string {
  const stream_status = {stream_descriptor: {name: 'audit_records'}, status: value};
  return JSON.stringify({type: 'TRACE', trace: {type: 'STREAM_STATUS', stream_status}});
}

/** A TRACE line with an ERROR. */
export function traceError(failure_type: string, message: string): string {
  const error = {failure_type, message};
  return JSON.stringify({type: 'TRACE', trace: {type: 'ERROR', error}});
}

export function writeMessages(file: string, lines: readonly string[]): void {
  writeFileSync(file, `${lines.join('\n')}\n`);
}
