import type {
  AirbyteConfiguredCatalog,
  AirbyteMessage,
  AirbyteState,
} from '@faros-ai/airbyte-cdk/lib/protocol';

import {Log} from '../../src/airbyte/messages';
import type {Clock} from '../../src/clock';
import {toFailure} from '../../src/errors';
import type {HttpClient} from '../../src/http/client';
import {ConfluenceAuditLogsSource} from '../../src/source';
import {CATALOG, type StreamState, stateInput} from '../support/connector';

export const CLOUD_ID = '5e1f3a52-9a4c-4c0e-8f53-6a0c1b8d2f10';

/** What the settings of one sync say. */
export interface SyncSettings {
  readonly lookbackMinutes: number;
  /** Epoch ms; undefined: none is set. */
  readonly backfillStartMs: number | undefined;
}

/** What a TRACE ERROR says. */
export interface SyncFailure {
  readonly failureType: string;
  readonly message: string;
  readonly detail?: string | undefined;
}

/** A read as far as its process lived, line by line as on stdout. */
export interface SyncOutput {
  readonly lines: readonly string[];
  readonly failure: SyncFailure | undefined;
  readonly hasCrashed: boolean;
}

/** The one place that knows how the connector is put together: `read` below its runner, over this HTTP and clock. */
export async function sync(
  settings: SyncSettings,
  state: StreamState | undefined,
  clock: Clock,
  http: HttpClient,
  crashAfter: number | undefined,
): Promise<SyncOutput> {
  // What is told while requests wait is no matter here.
  const output = {write: (): void => undefined};
  const source = new ConfluenceAuditLogsSource({
    output,
    log: new Log(output, 'FATAL'),
    clock,
    http,
  });
  const saved = JSON.parse(JSON.stringify(stateInput(state))) as AirbyteState;
  const catalog = CATALOG as unknown as AirbyteConfiguredCatalog;
  const messages = source.readLines(settingsOf(settings), catalog, saved);
  const lines: string[] = [];
  try {
    for (;;) {
      const {done, value} = await messages.next();
      if (done) {
        return {lines, failure: undefined, hasCrashed: false};
      }
      lines.push(...linesOf(value));
      if (crashAfter !== undefined && lines.length >= crashAfter) {
        // A pipe takes part of what is written at a time, so a process may die between any two lines.
        // Whoever is dead tidies nothing up: the generator is not told.
        return {lines: lines.slice(0, crashAfter), failure: undefined, hasCrashed: true};
      }
    }
  } catch (thrown) {
    const {failureType, message, detail, kind, stack} = toFailure(thrown);
    const isBug = kind === 'bug';
    const failure = isBug
      ? {failureType: 'bug', message, detail: stack}
      : {failureType, message, detail};
    return {lines, failure, hasCrashed: false};
  }
}

/** The settings of a connection to this Confluence. */
export function settingsOf({
  lookbackMinutes,
  backfillStartMs,
}: SyncSettings): Record<string, unknown> {
  return {
    email: 'ann@example.com',
    cloud_id: CLOUD_ID,
    api_token: 'a-token-of-no-worth',
    lookback_minutes: lookbackMinutes,
    api_url: 'http://127.0.0.1:1',
    ...(backfillStartMs !== undefined && {
      backfill_start_time: new Date(backfillStartMs).toISOString(),
    }),
  };
}

function linesOf(message: AirbyteMessage | Buffer): string[] {
  return Buffer.isBuffer(message)
    ? message.toString('utf8').split('\n').slice(0, -1)
    : [JSON.stringify(message)];
}
