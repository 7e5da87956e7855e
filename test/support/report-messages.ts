import {writeFileSync} from 'node:fs';

interface RecordOptions {
  creationDate: unknown;
  /** Account id and display name; System has no account id. */
  who?: [accountId: string, displayName: string];
  category?: string;
  remoteAddress?: string;
}

/** A RECORD line as `read` writes it. */
export function record(options: RecordOptions): string {
  const {creationDate, who = ['a-1', 'Someone'], category = 'Page', remoteAddress = ''} = options;
  const [accountId, displayName] = who;
  const data = {
    author: {type: 'user', displayName, operations: null, ...(accountId && {accountId})},
    remoteAddress,
    creationDate,
    summary: 'Something happened',
    category,
    affectedObject: {name: 'Handbook', objectType: 'Space'},
    changedValues: [{name: 'Type', oldValue: '', newValue: 'EDITSPACE'}],
    associatedObjects: [
      {name: 'site-admins:4375f4c3-1f2e-4a5b-8c9d-0e1f2a3b4c5d', objectType: 'Group'},
    ],
    cloudId: 'c-1',
  };
  return JSON.stringify({type: 'RECORD', record: {stream: 'audit_records', emitted_at: 0, data}});
}

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
