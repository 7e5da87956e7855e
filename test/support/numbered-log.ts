import {AuditLog} from '../../sandbox/audit-log';
import {generateEvents} from '../../sandbox/generate';

export const NOON = Date.UTC(2026, 2, 2, 12);

/** A log of records so many ms after NOON, told apart by their summaries '0', '1', … */
export function logAt(offsets: number[]): AuditLog {
  const events = generateEvents({seed: 7, times: offsets.map((offset) => NOON + offset)});
  return AuditLog.from(events.map((event, n) => ({...event, summary: String(n)})));
}

/** 0, 1, … below `count`. */
export const upTo = (count: number): number[] => Array.from({length: count}, (_, n) => n);
