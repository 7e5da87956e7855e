import type {Log} from '../airbyte/messages';
import {type Clock, formatTime} from '../clock';
import {type AuditApi, formatRetention} from '../confluence/audit-api';
import type {LogServer} from '../reading/log-server';
import type {Part} from '../reading/reading';
import {lengthOf, type Window} from '../reading/windows';
import type {Cursor} from './cursor';
import {MAX_EMITTED} from './state';

const MS_PER_REPORT = 10_000;
/** Before this share of the time to read is done, a sync cannot tell how long it will take. */
const LEAST_SHARE = 0.1;
const MS_PER_DAY = 86_400_000;
/** Days in the units that a site's retention can be set in; of months and years, the longest. */
const DAYS: Readonly<Record<string, number>> = {DAYS: 1, WEEKS: 7, MONTHS: 31, YEARS: 366};

/** Tells how far a sync is, and what it has brought. */
export class Report {
  /** How many characters that no destination can hold were replaced in what was emitted. */
  replaced = 0;
  private emitted = 0;
  private repeated = 0;
  /** The first part, when it was handed on and up to where it reached: the time left is reckoned from there. */
  private first: {readonly ms: number; readonly toMs: number} | undefined;
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
   * A part was handed on: told at DEBUG, and now and then at INFO.
   * @param emitted how many of its records were new
   * @param whole what is being read, with an end
   */
  passed({window, records}: Part, emitted: number, whole: Window): void {
    this.emitted += emitted;
    this.repeated += records.length - emitted;
    const nowMs = this.clock.monotonicMs();
    const isDue = nowMs - this.reportedMs >= MS_PER_REPORT;
    this.reportedMs = isDue ? nowMs : this.reportedMs;
    const read = {fromMs: whole.fromMs, toMs: Math.min(window.toMs, whole.toMs)};
    const percent = Math.floor((100 * lengthOf(read)) / lengthOf(whole));
    const speed = Math.round((1000 * this.emitted) / Math.max(1, nowMs - this.startedMs));
    const [count, perSecond] = [this.emitted, speed].map(formatCount);
    this.first ??= {ms: nowMs, toMs: read.toMs};
    const {ms, toMs} = this.first;
    const share = (read.toMs - toMs) / (whole.toMs - toMs);
    const leftMs = (nowMs - ms) * (1 / share - 1);
    const left = share > LEAST_SHARE ? `, about ${formatDuration(leftMs)} left` : '';
    const tell = isDue ? this.log.info : this.log.debug;
    tell(
      `Reached ${formatTime(read.toMs)} (${percent} % of the time to read): ${count} records, ${perSecond} a second${left}.`,
    );
  }

  /** Says what a sync that went well has brought, and what is odd about it. */
  conclude({mayRepeat, lacking}: Cursor): void {
    if (mayRepeat) {
      this.log.warn(
        `More than ${formatCount(MAX_EMITTED)} records lie within the lookback, and the state remembers only the newest of them: the next sync repeats others, with the same ids. A shorter lookback avoids that.`,
      );
    }
    if (lacking > 0) {
      this.log.info(
        `${formatCount(lacking)} records that an earlier sync emitted were not shown this time; they stay remembered.`,
      );
    }
    this.log.info(this.summary());
  }

  /** Says what a sync that did not go well has brought. */
  stop(): void {
    this.log.error(`The sync stopped. ${this.summary()}`);
  }

  private summary(): string {
    if (this.replaced > 0) {
      this.log.warn(
        `${formatCount(this.replaced)} characters that no destination can hold (halves of surrogate pairs, U+0000) were replaced by U+FFFD.`,
      );
    }
    const {requests, rows} = this.server.counts;
    const counts = [this.emitted, this.repeated, requests, rows].map(formatCount);
    const [emitted, repeated, asked, shown] = counts;
    const took = formatDuration(this.clock.monotonicMs() - this.startedMs);
    return `${emitted} records emitted, ${repeated} met again and not repeated, in ${asked} requests for ${shown} rows, within ${took}.`;
  }
}

/**
 * Warns if a backfill of `window` started before what the site still keeps. It asks only if the log
 * begins much later than the backfill (`earliestMs`; undefined if it is empty), and never fails.
 */
export async function warnOfRetention(
  api: AuditApi,
  log: Log,
  {fromMs, toMs}: Window,
  earliestMs = toMs,
): Promise<void> {
  const retention = earliestMs - fromMs < MS_PER_DAY ? undefined : await api.getRetention();
  const days = retention ? retention.number * (DAYS[retention.units] ?? Infinity) : Infinity;
  const keptFromMs = toMs - days * MS_PER_DAY;
  if (retention && fromMs < keptFromMs) {
    log.warn(
      `The backfill starts at ${formatTime(fromMs)}, but this site keeps its audit log for ${formatRetention(retention)} only: there is nothing from before ${formatTime(keptFromMs)}.`,
    );
  }
}

/** 1234567 -> 1,234,567. Intl does it too, for some MB of memory. */
function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Milliseconds -> `40 s`, `12 min`, `3.5 h`. */
function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 90) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
