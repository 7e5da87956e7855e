import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

import {streamState} from '../airbyte/messages';
import type {RecordLines} from '../airbyte/record-lines';
import type {Records} from '../confluence/page-records';
import type {WindowReader} from '../confluence/window-reader';
import {MAX_EMITTED} from '../state';
import type {Part, Window} from '../windows';
import {formatCount, formatDuration, formatTime} from './format';
import type {ReadParts} from './read-parts';

/** STATEs come at most this far apart and one part more: 1,000 records, or what one millisecond holds. */
const RECORDS_PER_CHECKPOINT = 5_000;
const MS_PER_CHECKPOINT = 30_000;
const MS_PER_REPORT = 10_000;
/** Before this share of the time to read is behind it, a sync cannot tell how long it will take. */
const LEAST_SHARE = 0.1;

/** Keeps account of a sync: moves the cursor behind what was emitted, makes STATEs, tells how far it is. */
export class Progress {
  private emitted = 0;
  private repeated = 0;
  private sinceCheckpoint = 0;
  /** When the first part was handed out, and up to where in time it reached. */
  private firstPassed: {readonly ms: number; readonly toMs: number} | undefined;
  private readonly startedMs: number;
  private checkpointMs: number;
  private reportMs: number;

  constructor(
    private readonly parts: ReadParts,
    private readonly reader: WindowReader,
  ) {
    this.startedMs = parts.clock.now();
    this.checkpointMs = this.startedMs;
    this.reportMs = this.startedMs;
  }

  /** Hands out the lines of a part, and a STATE if one is due. */
  *passed(part: Part<Records>, lines: RecordLines, whole: Window): Generator<AirbyteMessage> {
    const {cursor, clock, log} = this.parts;
    const {window, content, count} = part;
    const repeated = count - lines.count;
    if (lines.count > 0) {
      yield lines;
    } else {
      lines.release();
    }
    cursor.pass(window.toMs);
    this.emitted += lines.count;
    this.repeated += repeated;
    this.sinceCheckpoint += lines.count;
    log.debug(
      `Window ${formatTime(window.fromMs)} to ${formatTime(window.toMs)}: ${content.length} pages, ${count} rows, ${lines.count} new, ${repeated} repeated.`,
    );
    const nowMs = clock.now();
    this.firstPassed ??= {ms: nowMs, toMs: window.toMs};
    if (
      this.sinceCheckpoint >= RECORDS_PER_CHECKPOINT ||
      nowMs - this.checkpointMs >= MS_PER_CHECKPOINT
    ) {
      yield* this.checkpoint();
    }
    if (nowMs - this.reportMs >= MS_PER_REPORT) {
      this.reportMs = nowMs;
      log.info(this.report(window.toMs, whole));
    }
  }

  /** The STATE for all that was handed out; none if there is no place in time yet. */
  *checkpoint(): Generator<AirbyteMessage> {
    const {cursor, stream, clock} = this.parts;
    const state = cursor.toState();
    if (state) {
      yield streamState(stream, state, this.sinceCheckpoint);
      this.sinceCheckpoint = 0;
      this.checkpointMs = clock.now();
    }
  }

  /** After a failure: a STATE only for something that was handed out. */
  *checkpointIfAny(): Generator<AirbyteMessage> {
    if (this.firstPassed) {
      yield* this.checkpoint();
    }
  }

  /** Says what a sync that went well has brought. */
  conclude(): void {
    const {cursor, log} = this.parts;
    if (cursor.mayRepeat) {
      log.warn(
        `More than ${formatCount(MAX_EMITTED)} records lie within the lookback, and the state remembers only the newest of them: the next sync repeats others, with the same ids. A shorter lookback avoids that.`,
      );
    }
    if (cursor.readsFromMs === undefined) {
      log.warn(
        'No backfill start time is set, so this first sync fetches no past record: it notes the time, and the next sync brings what has happened since. Set Backfill Start Time and clear the state to read the past as well.',
      );
    }
    log.info(this.summary());
  }

  summary(): string {
    const {requests, rows} = this.reader.counts;
    const seconds = (this.parts.clock.now() - this.startedMs) / 1000;
    return `${formatCount(this.emitted)} records emitted, ${formatCount(this.repeated)} met again and not repeated, in ${formatCount(requests)} requests for ${formatCount(rows)} rows, within ${formatDuration(seconds)}.`;
  }

  private report(reachedMs: number, {fromMs, toMs}: Window): string {
    const nowMs = this.parts.clock.now();
    const speed = Math.round((1000 * this.emitted) / (nowMs - this.startedMs));
    const percent = Math.floor((100 * (reachedMs - fromMs + 1)) / (toMs - fromMs + 1));
    // Reckoned from the first part on: what was read ahead by then would make it seem slow.
    const {ms, toMs: firstMs} = this.firstPassed ?? {ms: nowMs, toMs: reachedMs};
    const share = (reachedMs - firstMs) / (toMs - firstMs);
    const leftSeconds = ((nowMs - ms) / 1000) * (1 / share - 1);
    const left = share > LEAST_SHARE ? `, about ${formatDuration(leftSeconds)} left` : '';
    return `Reached ${formatTime(reachedMs)} (${percent} % of the time to read): ${formatCount(this.emitted)} records, ${formatCount(speed)} a second${left}.`;
  }
}
