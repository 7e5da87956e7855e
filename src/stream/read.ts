import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

import {type Log, streamState} from '../airbyte/messages';
import {type Clock, formatTime, type Now, tellTime} from '../clock';
import type {AuditAnswer, AuditApi} from '../confluence/audit-api';
import {Failure} from '../errors';
import {LogServer} from '../reading/log-server';
import {readWindow} from '../reading/read-windows';
import type {Window} from '../reading/windows';
import {Cursor, type SyncStart, unreadOf} from './cursor';
import {recordLinesOf} from './record-lines';
import {Report, warnOfRetention} from './report';
import {type StreamState, writeState} from './state';

/** STATEs come at most this far apart and one part more. */
const RECORDS_PER_CHECKPOINT = 4_000;
const MS_PER_CHECKPOINT = 30_000;

/** What reading the stream takes. */
export interface ReadDeps extends SyncStart {
  readonly api: AuditApi;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Reads the stream from its cursor to now: RECORDs oldest first, as the bytes of their lines, a STATE
 * after every few thousand, and one at the end.
 * @throws Failure after the records that are proven and a STATE for them
 */
export async function* readAuditRecords(deps: ReadDeps): AsyncGenerator<AirbyteMessage | Buffer> {
  const {api, state, backfillStartMs, clock, log} = deps;
  const {cloudId} = api;
  refuseForeignState(state, cloudId);
  const server = new LogServer(api);
  const report = new Report(server, clock, log);
  const unread = unreadOf(deps);
  const {first, now} = await open(deps, server, unread.at(-1));
  server.nowMs = now.atMostMs;
  server.latestMs = now.latestMs;
  const {endMs} = server;
  const cursor = new Cursor(deps, cloudId, now);
  const {unsettledFromMs} = cursor;
  warnOfState(deps, now);
  let earliestMs: number | undefined;
  let hasPassed = false;
  let sinceCheckpoint = 0;
  let checkpointMs = clock.monotonicMs();
  const checkpoint = (): AirbyteMessage => {
    const message = streamState(writeState(cursor.toState()), sinceCheckpoint);
    sinceCheckpoint = 0;
    checkpointMs = clock.monotonicMs();
    return message;
  };
  try {
    for (const window of unread.filter(({fromMs}) => fromMs <= server.latestMs)) {
      const whole = {fromMs: window.fromMs, toMs: Math.min(window.toMs, endMs)};
      log.info(`Reading from ${formatTime(whole.fromMs)} to ${formatTime(whole.toMs)}.`);
      const there = window.toMs === Infinity ? first : undefined;
      for await (const part of readWindow(window, {server, unsettledFromMs, first: there})) {
        let emitted = 0;
        for (const lines of recordLinesOf(part, cursor, cloudId, clock.now())) {
          emitted += lines.count;
          report.replaced += lines.replaced;
          yield lines.bytes;
        }
        cursor.pass(part.window);
        report.passed(part, emitted, whole);
        earliestMs ??= part.records[0]?.timeMs;
        hasPassed = true;
        sinceCheckpoint += emitted;
        const isDue = clock.monotonicMs() - checkpointMs >= MS_PER_CHECKPOINT;
        if (isDue || sinceCheckpoint >= RECORDS_PER_CHECKPOINT) {
          yield checkpoint();
        }
      }
    }
    if (!state && backfillStartMs !== undefined) {
      await warnOfRetention(api, log, {fromMs: backfillStartMs, toMs: endMs}, earliestMs);
    }
    yield checkpoint();
    report.conclude(cursor);
  } catch (error) {
    if (hasPassed) {
      yield checkpoint();
    }
    report.stop();
    throw error;
  }
}

/** The first answer: what time it is and, unless it is to come, the newest of what is to be read. */
async function open(
  {clock, log}: ReadDeps,
  server: LogServer,
  newest: Window | undefined,
): Promise<{first: AuditAnswer | undefined; now: Now}> {
  const isPast = newest !== undefined && newest.fromMs <= clock.now();
  const answer = await (isPast
    ? server.ask(newest)
    : server.ask({fromMs: -Infinity, toMs: Infinity}, 0, 1));
  const {serverTimeMs: serverMs, tookMs} = answer;
  if (!isPast) {
    // Where newest first is a lie it was the oldest, and where rows are hidden perhaps none.
    await server.ask({
      fromMs: Math.min(clock.now(), serverMs ?? Infinity) - tookMs,
      toMs: Infinity,
    });
  }
  if (serverMs === undefined) {
    log.warn(
      'The answers have no Date header, so the clock of this machine and the newest record are taken for the time.',
    );
  }
  const now = tellTime({serverMs, localMs: clock.now(), tookMs, newestMs: server.newestMs});
  return {first: isPast ? answer : undefined, now};
}

function warnOfState({state, backfillStartMs, log}: ReadDeps, {latestMs}: Now): void {
  if (state && state.creationDate > latestMs) {
    log.warn(
      `The saved state is at ${formatTime(state.creationDate)}, ahead of all clocks: what happens before then may never be read. Set \`creationDate\` in the state to the time up to which you have all records and remove its other keys, or make a new connection.`,
    );
  }
  if (!state && backfillStartMs === undefined) {
    log.warn(
      'No backfill start time is set, so this first sync fetches no past record: it notes the time, and the next sync brings what has happened since. Set Backfill Start Time to read the past as well, now or later.',
    );
  }
}

function refuseForeignState(state: StreamState | undefined, cloudId: string): void {
  if (state?.cloudId !== undefined && state.cloudId !== cloudId) {
    throw new Failure(
      'input',
      `The saved state belongs to another Confluence site (cloud id ${state.cloudId}), not to ${cloudId}: going on from it would leave out this site's past. Make a connection of its own for this site.`,
    );
  }
}
