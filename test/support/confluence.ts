import {setTimeout as sleep} from 'node:timers/promises';

import {afterEach} from '@jest/globals';

import type {AuditRecord} from '../../sandbox/audit-record';
import {AuditLog} from '../../sandbox/audit-log';
import {generateEvents} from '../../sandbox/generate';
import {isAuditRequest, type SandboxOptions, type SandboxRequest} from '../../sandbox/options';
import {type ConnectorSettings, type Sandbox, startSandbox} from '../../sandbox/server';
import type {RecordData} from './connector';

/** The time by the clock of every Confluence here. */
export const NOW = Date.UTC(2026, 5, 15, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Earlier than all that `logOf` holds. */
export const BACKFILL = new Date(NOW - 30 * DAY).toISOString();

const running: Sandbox[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A Confluence for one test, with three records unless told otherwise; it is closed after the test. */
export async function confluence(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({log: logOf(3), now: () => NOW, ...options});
  running.push(sandbox);
  return sandbox;
}

/** Settings that read all that `sandbox` holds. */
export function backfill(
  sandbox: Sandbox,
  others: Partial<ConnectorSettings> = {},
): ConnectorSettings {
  return sandbox.settings({backfill_start_time: BACKFILL, ...others});
}

/** Records one minute apart, the last one two hours before NOW. */
export function recordsOf(count: number): AuditRecord[] {
  const times = Array.from({length: count}, (_, n) => NOW - 2 * HOUR - (count - 1 - n) * 60_000);
  return generateEvents({seed: 5, times});
}

export function logOf(count: number): AuditLog {
  return AuditLog.from(recordsOf(count));
}

/** The record as Confluence sent it: without what the connector adds. */
export function asSent(record: RecordData): object {
  const {id: _id, cloudId: _cloudId, createdAt: _createdAt, ...sent} = record;
  return sent;
}

export function auditRequests(sandbox: Sandbox): SandboxRequest[] {
  return sandbox.requests.filter(isAuditRequest);
}

/** Resolves when there were requests, and none for a quarter of a second. */
export async function atRest({requests}: Sandbox): Promise<void> {
  for (let before = 0; before === 0 || before !== requests.length; await sleep(250)) {
    before = requests.length;
  }
}

/** When a request was sent, by the connector's own clock (see fast-clock.cjs): epoch ms. */
export function sentAt(request: SandboxRequest | undefined): number {
  return Number(request?.headers['x-sent-at']);
}
