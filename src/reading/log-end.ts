import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import type {Coverage} from './coverage';
import type {LogServer} from './log-server';
import {FEW_RECORDS} from './page-rows';
import {isOutOfReach, olderThan} from './reach';
import {provenBy, type Reading} from './reading';
import type {Pages, PagesEnd} from './pages';
import {ALL, holds} from './windows';

/** Pages of a walk that have come to an end, which nothing that is known comes after. */
interface Walked {
  readonly server: LogServer;
  readonly coverage: Coverage;
  readonly pages: Pages;
}

/**
 * Looks without a bound for what comes after the records that were shown last: some that prove all up to
 * them, or nothing, so that the log ends there.
 */
export async function lookBeyond({server, coverage, pages}: Walked): Promise<PagesEnd> {
  const {latest, latestStart, shownPages, query} = pages;
  const {window} = query;
  const {rows, newestMs} = server;
  const span = {fromMs: -Infinity, toMs: query.span.toMs};
  const place = latestStart + latest.length;
  const lastMs = pages.lastMs ?? Infinity;
  const at = latest
    .slice(0, 1 - rows.overlapOf(latest.length))
    .findLastIndex(({timeMs}) => timeMs !== lastMs);
  const start = latestStart + Math.max(0, at);
  const isOlder = ({timeMs}: AuditRecord): boolean => timeMs < lastMs;
  const [answer, older] = await Promise.all([
    // As a rule there is nothing, or there are a few records that are known from elsewhere.
    server.ask(span, start, shownPages === 1 ? FEW_RECORDS : MOST_RECORDS),
    place > MOST_RECORDS ? olderThan(server, ALL, latest) : [],
  ]);
  const isTold = ({page}: AuditAnswer): boolean =>
    server.isNewestFirst && page.records.some(isOlder);
  const isFew =
    shownPages === 1 && (rows.hasSmallPages || answer.page.records.length >= FEW_RECORDS);
  const last = isFew && !isTold(answer) ? await server.ask(span, start) : answer;
  const {records} = last.page;
  const headMs = records[0]?.timeMs ?? -Infinity;
  if (!server.hasOrder) {
    return 'astray';
  }
  const isShifted = headMs > (latest[start - latestStart]?.timeMs ?? Infinity);
  if (
    (latest.length > 0 && headMs < lastMs) ||
    (isShifted && !(await server.hasNewerThan(newestMs, span)))
  ) {
    return window;
  }
  const isNewest = start === 0 && span.toMs === Infinity;
  if (!isTold(last) && (await server.goesOn(last, span, start))) {
    return window;
  }
  if (records.some(isOlder)) {
    if (records.some((each) => isOlder(each) && holds(window, each.timeMs))) {
      rows.wasCut(latest.length);
    }
    believe({server, coverage}, [provenBy(records, {isNewest})]);
    return 'all';
  }
  if (await isOutOfReach(server, {span, place, unsettledFromMs: coverage.unsettledFromMs}, older)) {
    return 'dense';
  }
  believe({server, coverage}, [provenBy(records, {isOldest: true, isNewest})]);
  return 'all';
}

/** Takes in what pages prove, unless an answer has shown meanwhile that they do not go by time. */
export function believe(
  {server, coverage}: Pick<Walked, 'server' | 'coverage'>,
  readings: readonly Reading[],
): void {
  if (server.hasOrder) {
    readings.forEach((reading) => coverage.add(reading));
  }
}
