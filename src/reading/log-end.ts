import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import type {Coverage} from './coverage';
import type {LogServer} from './log-server';
import {FEW_RECORDS, SEAM_RECORDS} from './page-rows';
import {isOutOfReach} from './reach';
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
export async function lookBeyond(walked: Walked): Promise<PagesEnd> {
  const {server, coverage, pages} = walked;
  const {
    latest,
    latestStart,
    query: {
      window,
      span: {toMs},
    },
  } = pages;
  const {rows, newestMs} = server;
  const {unsettledFromMs} = coverage;
  const span = {fromMs: -Infinity, toMs};
  const place = latestStart + latest.length;
  const lastMs = latest.at(-1)?.timeMs ?? Infinity;
  const known = latest.slice(0, 1 - rows.overlapOf(latest.length));
  const isFew = place <= SEAM_RECORDS;
  const at = known.findLastIndex(({timeMs}) => timeMs !== lastMs);
  const start = isFew ? 0 : latestStart + Math.max(0, at);
  const ask = (limit: number): Promise<AuditAnswer> => server.ask(span, start, limit);
  const isOlder = ({timeMs}: AuditRecord): boolean => timeMs < lastMs;
  // As a rule there is nothing, or there are a few records that are known from elsewhere.
  const limit = pages.shownPages === 1 ? FEW_RECORDS : MOST_RECORDS;
  const [firstAnswer, isOut] = await Promise.all([
    ask(limit),
    place > MOST_RECORDS &&
      isOutOfReach(server, {span, window: ALL, records: latest, place, unsettledFromMs}),
  ]);
  const isCutShort =
    limit < MOST_RECORDS &&
    !firstAnswer.page.records.some(isOlder) &&
    (firstAnswer.page.records.length >= limit || rows.hasSmallPages);
  const answer = isCutShort ? await ask(MOST_RECORDS) : firstAnswer;
  const {records} = answer.page;
  if (!server.hasOrder) {
    return 'astray';
  }
  const headMs = records[0]?.timeMs ?? Infinity;
  const isShifted = headMs > (latest[start - latestStart]?.timeMs ?? Infinity);
  if (latest.length > 0 && (records.length === 0 || headMs < lastMs)) {
    return window;
  }
  if (records.length > 0 && isShifted && !(await server.hasNewerThan(newestMs, span))) {
    return window;
  }
  const isTold = server.isNewestFirst !== undefined || records.length < limit || isCutShort;
  const isNewest = start === 0 && isTold && span.toMs === Infinity;
  if (records.some(isOlder)) {
    if (records.some((record) => isOlder(record) && holds(window, record.timeMs))) {
      rows.wasCut(latest.length);
    }
    believe(walked, [provenBy(records, {isNewest})]);
    return 'all';
  }
  if ((records.length > 0 && rows.isFull(answer)) || (await server.hasNext(answer))) {
    return window;
  }
  if (await server.showsMoreAfter(span, start, records.length)) {
    return window;
  }
  if (isOut) {
    return 'dense';
  }
  believe(walked, [provenBy(records, {isOldest: true, isNewest})]);
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
