import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

import {earliestOf, type Records} from '../confluence/page-records';
import {WindowReader} from '../confluence/window-reader';
import {readWindows} from '../read-windows';
import type {Reading, Window} from '../windows';
import {Emitter} from './emitter';
import {formatTime} from './format';
import {Progress} from './progress';
import type {ReadParts} from './read-parts';
import {warnOfRetention} from './retention';

/** The window to read, and what the request that showed the server's clock told about it. */
interface Opening {
  readonly window: Window;
  readonly first: Reading<Records>;
}

/**
 * Reads the stream from its cursor to the server's now: RECORDs oldest first, a STATE after every
 * few thousand, and one at the end.
 * @throws Failure after the records that are complete and a STATE for them
 */
export async function* readAuditRecords(parts: ReadParts): AsyncGenerator<AirbyteMessage> {
  const {api, cursor, cloudId, stream, clock, log} = parts;
  const reader = new WindowReader(api);
  const emitter = new Emitter(stream.name, cloudId, cursor);
  const progress = new Progress(parts, reader);
  // A first sync without a backfill start takes what is there for past.
  const isQuiet = cursor.readsFromMs === undefined;
  try {
    const opening = await open(parts, reader);
    if (opening) {
      const {window, first} = opening;
      let firstMs: number | undefined;
      const windows = readWindows(
        window,
        first,
        (each) => reader.read(each),
        () => reader.recordsPerAnswer,
      );
      for await (const part of windows) {
        firstMs ??= earliestOf(part.content);
        const lines = emitter.emit(part.content, clock.now(), isQuiet);
        yield* progress.passed(part, lines, window);
      }
      await warnOfRetention(parts, window, firstMs);
    }
    yield* progress.checkpoint();
    progress.conclude();
  } catch (error) {
    yield* progress.checkpointIfAny();
    log.error(`The sync stopped. ${progress.summary()}`);
    throw error;
  }
}

/**
 * Learns the server's clock from the first answer. Where the start is certainly past, that answer
 * shows the newest of the log already; else it is asked for nothing, since it is not known whether
 * the API stands bounds in the future.
 * @returns undefined if there is nothing to read
 */
async function open(
  {cursor, clock, log}: ReadParts,
  reader: WindowReader,
): Promise<Opening | undefined> {
  const startMs = cursor.readsFromMs;
  const isPast = startMs !== undefined && startMs < clock.now();
  const {page, serverTimeMs, tookMs} = isPast
    ? await reader.askFrom(startMs)
    : await reader.askClock();
  if (serverTimeMs === undefined) {
    log.warn(
      'The answers have no Date header, so the clock of this machine is taken for the time.',
    );
  }
  const window = cursor.open(serverTimeMs ?? clock.now(), tookMs);
  if (!window) {
    log.warn(
      `Nothing to read yet: reading starts at ${formatTime(startMs ?? 0)}, and that is to come.`,
    );
    return undefined;
  }
  log.info(`Reading from ${formatTime(window.fromMs)} to ${formatTime(window.toMs)}.`);
  const unknown: Reading<Records> = {complete: [], open: [window], kind: 'whole'};
  return {window, first: isPast ? await reader.interpretNewest(window, page) : unknown};
}
