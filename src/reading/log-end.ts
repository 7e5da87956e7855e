import {MOST_RECORDS} from '../confluence/page-size';
import type {Coverage} from './coverage';
import {FEW_RECORDS, SEAM_RECORDS} from './page-rows';
import type {LogServer} from './log-server';
import {Pages} from './pages';
import type {PagesEnd} from './query';
import {isOutOfReach} from './reach';
import {provenBy, type Reading} from './reading';
import {learnWhyShort} from './short-pages';
import {ALL, type Window} from './windows';

/** Whose end is looked for, and where. */
interface Log {
  readonly server: LogServer;
  readonly coverage: Coverage;
  /** What is wanted of it, which nothing that is known comes after. */
  readonly window: Window;
}

/**
 * Looks without a bound for what comes after the records that were shown last: some that prove all up to
 * them, or nothing, so that the log ends there.
 */
export async function lookBeyond(log: Log, pages: Pages): Promise<PagesEnd> {
  const {server, coverage, window} = log;
  const {newestMs} = server;
  const {records, place} = pages.latest;
  const firstPlace = Math.max(0, place - records.length);
  // It is what happened between the anchor and its end that an answer proves.
  const lastMs = records.at(-1)?.timeMs;
  const isShort = records.length <= SEAM_RECORDS && firstPlace === 0;
  const at = isShort
    ? -1
    : records
        .slice(0, 1 - server.rows.overlapOf(records.length))
        .findLastIndex(({timeMs}) => timeMs !== lastMs);
  const isByPlace = server.canFollow || at < 0;
  const fromMs = records[Math.max(0, at)]?.timeMs;
  const span = isByPlace ? pages.query.span : server.padded({fromMs: -Infinity, toMs: fromMs!});
  const query = {
    span: {fromMs: -Infinity, toMs: span.toMs},
    window,
    start: isByPlace ? firstPlace + Math.max(0, at) : 0,
    limit: MOST_RECORDS,
    atAnchor: Infinity,
    before: {timeMs: undefined, count: 0},
    anchorMs: at < 0 ? pages.query.anchorMs : isByPlace ? undefined : fromMs,
    mostPages: 0,
  };
  const latest = {...pages.latest, start: undefined};
  // As a rule there is nothing, or there are a few records that are known from elsewhere.
  const short = new Pages(server, {...query, limit: FEW_RECORDS}, latest);
  let beyond = pages.shownPages === 1 ? short : new Pages(server, query, latest);
  const {unsettledFromMs} = coverage;
  const reached = {span: query.span, window: ALL, records, place, unsettledFromMs};
  const [firstEnd, isOut] = await Promise.all([
    beyond.follow(),
    isByPlace && place > MOST_RECORDS && isOutOfReach(server, reached),
  ]);
  let end = firstEnd;
  const shown = beyond.latest.records[0]?.timeMs;
  const isAstray = isByPlace && shown !== undefined && fromMs !== undefined && shown > fromMs;
  if (isAstray && !(await server.hasNewerThan(newestMs, query.span))) {
    server.rows.hide();
  }
  if (end === 'all' && beyond === short && server.rows.hasSmallPages) {
    beyond = new Pages(server, query, latest);
    end = await beyond.follow();
  }
  if (end === 'dense' || end === 'all') {
    believe(log, beyond.found);
  }
  if (end !== 'all') {
    return end === 'dense' && !server.rows.hasHiddenRows ? 'all' : end;
  }
  const latestStart = beyond.latest.place - beyond.latest.records.length;
  const shownLast = beyond.latest.records;
  if (await server.showsMoreAfter(query.span, latestStart, shownLast.length)) {
    await learnWhyShort({server, span: query.span, start: latestStart, records: shownLast});
    return 'dense';
  }
  if (isOut) {
    return 'dense';
  }
  reachEnd(log, beyond);
  return end;
}

/** Takes in what pages prove, unless an answer has shown meanwhile that they do not go by time. */
export function believe(
  {server, coverage}: Pick<Log, 'server' | 'coverage'>,
  readings: readonly Reading[],
): void {
  if (server.hasOrder) {
    readings.forEach((reading) => coverage.add(reading));
  }
}

/** Nothing comes after what was shown last. */
function reachEnd(log: Log, {query, latest, shownPages}: Pages): void {
  const {records} = latest;
  const isEmpty = records.length === 0 && shownPages === 1 && query.span.toMs === Infinity;
  const isNewest = isEmpty || latest.isNewest;
  if (records.length > 0 || isNewest) {
    believe(log, [provenBy(records, {isOldest: true, isNewest})]);
  }
}
