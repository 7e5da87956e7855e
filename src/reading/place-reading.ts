import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import {ignoresOffsets, isCutOff, isOutOfReach} from './reach';
import {areSame, keyOf} from './record-lists';
import {learnWhyShort, type ShortPage} from './short-pages';
import {holds, type Window} from './windows';

/** So many different records are not shown again by chance. */
const NO_CHANCE = 8;

/** What is read by place. */
export interface PlacedSpan {
  /** What is wanted. */
  readonly window: Window;
  /** What is asked for. */
  readonly span: Window;
  /** From here on records may still surface, epoch ms. */
  readonly unsettledFromMs: number;
  /** After so many pages it is too much at once. */
  readonly mostPages: number;
}

/** What one reading showed. */
export interface PlacedReading {
  readonly pages: readonly (readonly AuditRecord[])[];
  /** Of all pages; where they are in no order wanted or not: how many stand in a span never hangs on that. */
  readonly records: readonly AuditRecord[];
  /** When the newest one happened of all that was shown; epoch ms. */
  readonly newestMs: number;
  readonly end: 'end' | 'only page' | 'too many';
}

/**
 * All pages once, in the order of their offsets, or the one that there is where offsets are ignored.
 * @param known how many records another reading has shown
 */
export async function readPages(
  server: LogServer,
  {window, span, unsettledFromMs, mostPages}: PlacedSpan,
  share: number,
  known = Infinity,
): Promise<PlacedReading> {
  const {hasOrder, rows} = server;
  const {leastPage: pageSize} = rows;
  const pages: (readonly AuditRecord[])[] = [];
  let newestMs = -Infinity;
  let limit = Math.ceil(share * pageSize);
  let before: AuditAnswer | undefined;
  /** The page before, if it may have been cut, and how many rows it may have had. */
  let short: (ShortPage & {readonly most: number}) | undefined;
  let count = 0;
  const ended = (end: PlacedReading['end']): PlacedReading => ({
    pages,
    records: pages.flat(),
    newestMs,
    end,
  });
  for (let start = 0; pages.length <= mostPages || known < Infinity;) {
    const answer = await server.ask(span, start, limit);
    const {records} = answer.page;
    if (short && records.length > 0) {
      await learnWhyShort(short);
      if (!rows.areUneven) {
        start = short.start + short.most;
        short = undefined;
        continue;
      }
    }
    if (records.length === 0 && !(await server.hasNext(answer))) {
      if (count >= known || !(await server.showsMoreAfter(span, start))) {
        const isDeep = pages.length > 1 && known === Infinity;
        const reached = {span, window, records: pages.flat(), place: start, unsettledFromMs};
        const isOut = isDeep
          ? await isOutOfReach(server, reached)
          : count > known && (await isCutOff(server, span, start));
        return ended(isOut ? 'too many' : 'end');
      }
    }
    const isFirst = pages.length === 1 && known === Infinity;
    server.hasOffsets &&= !isSamePage(records, before?.page.records);
    if (before && (!server.hasOffsets || (isFirst && (await ignoresOffsets(server, span))))) {
      return ended(server.saysMore(before) ? 'too many' : 'only page');
    }
    if (before && records.length > 0) {
      server.next.learn(before.page.hasNext);
    }
    const counted = hasOrder ? records.filter(({timeMs}) => holds(window, timeMs)) : records;
    pages.push(counted);
    count += counted.length;
    newestMs = Math.max(newestMs, ...records.map(({timeMs}) => timeMs));
    before = answer;
    const most = Math.min(limit, answer.limit);
    const isShort = records.length > 0 && records.length < most && !rows.hasHiddenRows;
    short = isShort ? {server, span, start, records, most} : undefined;
    start += isShort ? records.length : most;
    limit = pageSize;
  }
  return ended('too many');
}

/** Whether a page is the one before it once more, and not by chance or because all are twins. */
function isSamePage(records: readonly AuditRecord[], before: readonly AuditRecord[] = []): boolean {
  return new Set(records.map(keyOf)).size >= NO_CHANCE && areSame(records, before);
}
