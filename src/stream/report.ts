import type {Log} from '../airbyte/log';
import type {Clock} from '../clock';
import type {AuditApi} from '../confluence/audit-api';
import {formatTime} from '../instant';
import type {Part} from '../reading/reading';
import type {LogServer} from '../reading/log-server';
import type {Window} from '../reading/windows';
import type {Cursor} from './cursor';
import type {Emitter} from './emitter';
import {MAX_EMITTED} from './stream-state';

const MS_PER_REPORT = 10_000;
/** Before this share of the time to read is done, a sync cannot tell how long it will take. */
const LEAST_SHARE = 0.1;
const MS_PER_DAY = 86_400_000;
/** Days in the units that a site's retention can be set in; of months and years, the longest. */
const DAYS: Readonly<Record<string, number>> = {DAYS: 1, WEEKS: 7, MONTHS: 31, YEARS: 366};

/** Tells how far a sync is, and what it has brought. */
export class Report {
  private emitted = 0;
  private repeated = 0;
  /** When the first part was handed on, and up to where in time it reached; undefined: none was. */
  firstPassed: {readonly ms: number; readonly toMs: number} | undefined;
  private readonly startedMs: number;
  private reportedMs: number;

  constructor(
    private readonly server: LogServer,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.startedMs = clock.monotonicMs();
    this.reportedMs = this.startedMs;
  }

  /**
   * A part was handed on.
   * @param emitted how many of its records were new
   * @param whole what is being read, with an end
   */
  passed({window, records}: Part, emitted: number, whole: Window): void {
    const repeated = records.length - emitted;
    this.emitted += emitted;
    this.repeated += repeated;
    this.log.debug(
      `Window ${formatTime(window.fromMs)} to ${formatTime(window.toMs)}: ${records.length} records, ${emitted} new, ${repeated} repeated.`,
    );
    const nowMs = this.clock.monotonicMs();
    const toMs = Math.min(window.toMs, whole.toMs);
    this.firstPassed ??= {ms: nowMs, toMs};
    if (nowMs - this.reportedMs >= MS_PER_REPORT) {
      this.reportedMs = nowMs;
      this.log.info(this.progress(toMs, whole, nowMs));
    }
  }

  /** Says what a sync that went well has brought, and what is odd about it. */
  conclude(cursor: Cursor, emitter: Emitter): void {
    const {log} = this;
    if (cursor.mayRepeat) {
      log.warn(
        `More than ${formatCount(MAX_EMITTED)} records lie within the lookback, and the state remembers only the newest of them: the next sync repeats others, with the same ids. A shorter lookback avoids that.`,
      );
    }
    if (cursor.lacking > 0) {
      log.info(
        `${formatCount(cursor.lacking)} records that an earlier sync emitted were not shown this time; they stay remembered.`,
      );
    }
    this.warnOfReplaced(emitter);
    log.info(this.summary());
  }

  warnOfReplaced({replaced} = {replaced: 0}): void {
    if (replaced > 0) {
      this.log.warn(
        `${formatCount(replaced)} characters that no destination can hold (halves of surrogate pairs, U+0000) were replaced by U+FFFD.`,
      );
    }
  }

  summary(): string {
    const {requests, rows} = this.server.counts;
    const seconds = (this.clock.monotonicMs() - this.startedMs) / 1000;
    return `${formatCount(this.emitted)} records emitted, ${formatCount(this.repeated)} met again and not repeated, in ${formatCount(requests)} requests for ${formatCount(rows)} rows, within ${formatDuration(seconds)}.`;
  }

  private progress(reachedMs: number, {fromMs, toMs}: Window, nowMs: number): string {
    const speed = Math.round((1000 * this.emitted) / (nowMs - this.startedMs));
    const percent = Math.floor((100 * (reachedMs - fromMs + 1)) / (toMs - fromMs + 1));
    // Reckoned from the first part on: what was read ahead by then would make it seem slow.
    const {ms, toMs: firstMs} = this.firstPassed!;
    const share = (reachedMs - firstMs) / (toMs - firstMs);
    const leftSeconds = ((nowMs - ms) / 1000) * (1 / share - 1);
    const left = share > LEAST_SHARE ? `, about ${formatDuration(leftSeconds)} left` : '';
    return `Reached ${formatTime(reachedMs)} (${percent} % of the time to read): ${formatCount(this.emitted)} records, ${formatCount(speed)} a second${left}.`;
  }
}

/**
 * After a backfill of `window`, warns if it started before what the site still keeps. It asks only if
 * the log begins much later than the backfill (`earliestMs`; undefined if it is empty), and never
 * fails.
 */
export async function warnOfRetention(
  api: AuditApi,
  log: Log,
  {fromMs, toMs}: Window,
  earliestMs: number | undefined,
): Promise<void> {
  if ((earliestMs ?? toMs) - fromMs < MS_PER_DAY) {
    return;
  }
  const retention = await api.getRetention();
  const days = retention && DAYS[retention.units] && retention.number * DAYS[retention.units]!;
  if (days && fromMs < toMs - days * MS_PER_DAY) {
    log.warn(
      `The backfill starts at ${formatTime(fromMs)}, but this site keeps its audit log for ${retention.number} ${retention.units.toLowerCase()} only: there is nothing from before ${formatTime(toMs - days * MS_PER_DAY)}.`,
    );
  }
}

/** 1234567 -> 1,234,567 */
function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Seconds -> `40 s`, `12 min`, `3.5 h`. */
function formatDuration(seconds: number): string {
  if (seconds < 90) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
