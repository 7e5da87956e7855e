import {generateLog} from '../sandbox/generate';
import {type ConnectorSettings, type Sandbox, startSandbox} from '../sandbox/server';
import {LOG_FROM, type LogPlan, LOG_TO, NOW, SEED} from './log-plan';

/** What the benchmark asks for: a new count with this delay of every answer, or the count so far. */
export type Order = {count: 'new'; delayMs: number} | {count: 'so far'};

/** What was counted since the last new count. */
export interface Traffic {
  readonly requests: number;
  readonly mostInFlight: number;
}

/** The server's first message. */
export interface Serving {
  readonly settings: ConnectorSettings;
}

/**
 * A sandbox in a process of its own, for as long as the benchmark lives. Its records are serialised
 * once, before the first request; answers go out uncompressed, so that the client is what is measured.
 */
export async function serveLog([plan = '']: string[]): Promise<void> {
  const {records, shape} = JSON.parse(plan) as LogPlan;
  const log = generateLog({seed: SEED, count: records, from: LOG_FROM, to: LOG_TO, shape});
  const sandbox = await startSandbox({log, now: () => NOW, gzip: false});
  process.on('disconnect', () => process.exit());
  process.on('message', (order: Order) => process.send?.(obey(sandbox, order)));
  const backfill = {backfill_start_time: new Date(LOG_FROM).toISOString()};
  const serving: Serving = {settings: sandbox.settings(backfill)};
  process.send?.(serving);
}

function obey(sandbox: Sandbox, order: Order): Traffic {
  if (order.count === 'new') {
    sandbox.options.delayMs = order.delayMs;
    sandbox.requests.length = 0;
    sandbox.mostInFlight = 0;
  }
  return {requests: sandbox.requests.length, mostInFlight: sandbox.mostInFlight};
}
