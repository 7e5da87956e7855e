import type {Log} from '../airbyte/log';
import type {AuditApi} from '../confluence/audit-api';
import {formatTime} from './format';
import type {Window} from '../reading/windows';

const MS_PER_DAY = 86_400_000;
/** Days in the units of RetentionPeriod that a site can be set to; of months and years, the longest. */
const DAYS: Readonly<Record<string, number>> = {
  DAYS: 1,
  WEEKS: 7,
  MONTHS: 31,
  YEARS: 366,
};

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
