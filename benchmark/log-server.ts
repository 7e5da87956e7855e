import {isAuditRequest} from '../sandbox/options';
import {type ConnectorSettings, type Sandbox, startSandbox} from '../sandbox/server';
import type {Service} from './bench-plan';
import {LOG_FROM, type LogPlan, makeLog, NOW} from './log-plan';

/** What the benchmark asks for: a new count and this service from now on, or the count so far. */
export type Order = {count: 'new'; service: Service} | {count: 'so far'};

/** What was counted since the last new count. */
export interface Traffic {
  /** For pages of the log: the one about retention, at most one a sync, is none. */
  readonly requests: number;
  readonly mostInFlight: number;
}

/** The server's first message. */
export interface Serving {
  readonly settings: ConnectorSettings;
}

/**
 * A sandbox in a process of its own, for as long as the benchmark lives. Its records are serialised
 * before the first request, and the fastest gzip takes 1.4 ms of a page, about a tenth of what the
 * quickest client needs for it: so the client is what is measured.
 */
export async function serveLog([plan = '']: string[]): Promise<void> {
  const log = makeLog(JSON.parse(plan) as LogPlan);
  const sandbox = await startSandbox({log, now: () => NOW});
  process.on('disconnect', () => process.exit());
  process.on('message', (order: Order) => {
    if (order.count === 'new') {
      const {delayMs, encoding} = order.service;
      sandbox.options.delayMs = delayMs;
      sandbox.options.gzip = encoding === 'gzip';
      countAnew(sandbox);
    }
    const requests = sandbox.requests.filter(isAuditRequest).length;
    process.send?.({requests, mostInFlight: sandbox.mostInFlight});
  });
  const backfill = {backfill_start_time: new Date(LOG_FROM).toISOString()};
  const serving: Serving = {settings: sandbox.settings(backfill)};
  process.send?.(serving);
}

function countAnew(sandbox: Sandbox): void {
  sandbox.requests.length = 0;
  sandbox.mostInFlight = 0;
}
