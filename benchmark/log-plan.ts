import {AuditLog} from '../sandbox/audit-log';
import type {AuditRecord} from '../sandbox/audit-record';
import {generateRecords} from '../sandbox/generate';
import type {Spelling} from '../sandbox/spelling';
import type {Shape} from '../sandbox/timeline';

const DAY_MS = 24 * 3_600_000;

/** A log to measure with: made once, served to all. */
export interface LogPlan {
  readonly records: number;
  readonly shape: Shape;
  /** usual, unless told otherwise. */
  readonly spelling?: Spelling;
  /** Fills each record up to so many bytes, or a few more. */
  readonly recordBytes?: number;
}

/** The server's clock, epoch ms: it stands still, so that each run has the same log to read. */
export const NOW = Date.UTC(2026, 5, 15, 12);

/** Where the log begins, epoch ms: the most that Confluence keeps, less some days. */
export const LOG_FROM = NOW - 360 * DAY_MS;
const LOG_TO = NOW - DAY_MS;
const SEED = 20_260_615;

export function makeLog({records, shape, spelling, recordBytes}: LogPlan): AuditLog {
  const made = generateRecords({seed: SEED, count: records, from: LOG_FROM, to: LOG_TO, shape});
  const filled = recordBytes === undefined ? made : fill(made, recordBytes);
  return AuditLog.from(filled, spelling);
}

function* fill(records: Iterable<AuditRecord>, bytes: number): Generator<AuditRecord> {
  for (const record of records) {
    const value = {name: 'Description', oldValue: '', newValue: '', hiddenOldValue: ''};
    const missing = bytes - Buffer.byteLength(JSON.stringify(record));
    const words = `${record.creationDate} ${record.summary}. `;
    const newValue = words.repeat(Math.ceil(missing / words.length)).slice(0, missing);
    yield {...record, changedValues: [...record.changedValues, {...value, newValue}]};
  }
}
