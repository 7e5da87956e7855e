import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {contradiction} from './contradiction';
import type {LogServer} from './log-server';
import {isOutOfReach} from './reach';
import {areSame, keyOf, oldestFirst, recordsIn} from './record-lists';
import {learnWhyShort} from './short-pages';
import {Union} from './union';
import {ALL, holds, type Window} from './windows';

/** What a reading's first page has of a full one, so that pages are cut in different places each time. */
const FIRST_PAGES = [1, 0.5, 0.75, 0.25, 0.9, 0.4, 0.6, 0.3, 0.8, 0.2, 0.7, 0.1];
/** So many readings in a row in the same order are no chance; of a few records on several pages more. */
const ALIKE = 2;
const ALIKE_OF_FEW = 4;
const FEW = 8;
/** Of a few more where one is shown on two pages all: there are twins, or it has moved in between. */
const ALIKE_OF_TWINS = FIRST_PAGES.length;
const FEW_TWINS = 20;
/** If one comes to light in between they have to begin anew. */
const MOST_READINGS = 2 * FIRST_PAGES.length;
/** So many readings more MUST bring nothing new. */
const CONFIRMATIONS = 2;

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

/** What was read by place. */
export interface Placed {
  /** Oldest first. */
  readonly records: readonly AuditRecord[];
  /** Nothing else is there; otherwise it was too much, and is not proven. */
  readonly isAll: boolean;
}

/**
 * Reads what answers cannot be followed through by what they show: it is paged by offset again and
 * again, cut in other places each time. Where two readings show the same in the same order, that is
 * what is there. Where the order changes from answer to answer, readings are put together, and
 * believed when together they hold as many records as the longest one, and two more bring nothing new.
 * That is asked of what is settled; where records may still surface, whatever a reading shows is there.
 * @throws Failure if requests fail, offsets are ignored or the readings never agree
 */
export async function readByPlace(server: LogServer, of: PlacedSpan): Promise<Placed> {
  const settled = {fromMs: -Infinity, toMs: of.unsettledFromMs - 1};
  // What happens from now on is for the next sync, which reads it again.
  const isLater = of.window.fromMs > server.endMs;
  const united = new Union();
  const wanted = (records: readonly AuditRecord[]): readonly AuditRecord[] =>
    recordsIn(oldestFirst(records), of.window);
  const readings: PlacedReading[] = [];
  let alike = 0;
  let quiet = 0;
  while (readings.length < MOST_READINGS) {
    const share = FIRST_PAGES[readings.length % FIRST_PAGES.length]!;
    const latest = readings.at(-1);
    const reading = await readPages(server, of, share, latest?.records.length);
    const {pages, records, end} = reading;
    const before = united.countIn(settled);
    pages.forEach((page) => united.add(page));
    if (end !== 'end') {
      return {records: wanted(united.records), isAll: end === 'only page'};
    }
    // Together on one page records may stand in any order.
    const isOnePage = pages.filter(({length}) => length > 0).length <= 1;
    const isAlike =
      latest?.newestMs === reading.newestMs &&
      (isOnePage
        ? areSame(records, latest.records)
        : sequenceOf(records) === sequenceOf(latest.records));
    alike = isAlike ? alike + 1 : 1;
    if (alike >= (isOnePage ? ALIKE : alikeNeeded(reading))) {
      return {records: wanted(records), isAll: true};
    }
    readings.push(reading);
    quiet = united.countIn(settled) === before ? quiet + 1 : 0;
    if (quiet >= CONFIRMATIONS && (isLater || isComplete(united, readings, settled))) {
      return {records: wanted(united.records), isAll: true};
    }
  }
  const lengths = readings.map(({records}) => records.length).join(', ');
  throw contradiction(of.window.fromMs, `readings of ${lengths} records`);
}

/**
 * Whether together the readings hold as much as the longest one of the last. One does not count whose
 * places shifted while it was read, since something newer came before it: it may show a record twice.
 */
function isComplete(united: Union, readings: readonly PlacedReading[], settled: Window): boolean {
  const lasting = readings
    .slice(-1 - CONFIRMATIONS)
    .filter(({newestMs}, i, last) => newestMs >= (last[i + 1]?.newestMs ?? newestMs));
  const longestIn = (window: Window): number =>
    Math.max(...lasting.map(({records}) => recordsIn(oldestFirst(records), window).length));
  return united.countIn(settled) === longestIn(settled) && united.records.length >= longestIn(ALL);
}

/** How many readings in a row of several pages must be like this one, so that it is no chance. */
function alikeNeeded(reading: PlacedReading): number {
  const {length} = reading.records;
  if (length < FEW_TWINS && showsTwice(reading)) {
    return ALIKE_OF_TWINS;
  }
  return length < FEW ? ALIKE_OF_FEW : ALIKE;
}

/** Whether a record is on two pages. */
function showsTwice({pages, records}: PlacedReading): boolean {
  const union = new Union();
  pages.forEach((page) => union.add(page));
  return union.records.length < records.length;
}

/** What one reading showed. */
interface PlacedReading {
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
async function readPages(
  server: LogServer,
  {window, span, mostPages}: PlacedSpan,
  share: number,
  known = Infinity,
): Promise<PlacedReading> {
  const {hasOrder} = server;
  const {rows} = server;
  const {leastPage: pageSize} = rows;
  const pages: (readonly AuditRecord[])[] = [];
  let newestMs = -Infinity;
  let limit = Math.ceil(share * pageSize);
  let before: AuditAnswer | undefined;
  /** A page that may have been cut short, and where the next one starts if it was not. */
  let short: {readonly records: readonly AuditRecord[]; readonly end: number} | undefined;
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
      await learnWhyShort({server, span}, start - short.records.length, short.records);
      if (!rows.areUneven) {
        start = short.end;
        short = undefined;
        continue;
      }
    }
    if (records.length === 0 && !(await server.hasNext(answer))) {
      if (count >= known || !(await server.showsMoreAfter(span, start))) {
        const isDeep = pages.length > 1 && known === Infinity;
        const isOut = isDeep && (await isOutOfReach(server, window.fromMs, pages.flat()));
        return ended(isOut ? 'too many' : 'end');
      }
    }
    const isFirst = pages.length === 1 && known === Infinity;
    if (isFirst && (!server.hasOffsets || (await server.ignoresOffsets(span)))) {
      return ended(server.saysMore(before!) ? 'too many' : 'only page');
    }
    if (before && records.length > 0) {
      server.next.learn(before.page.hasNext);
    }
    const counted = hasOrder ? records.filter(({timeMs}) => holds(window, timeMs)) : records;
    pages.push(counted);
    count += counted.length;
    newestMs = Math.max(newestMs, ...records.map(({timeMs}) => timeMs));
    before = answer;
    const end = start + Math.min(limit, answer.limit);
    const isShort = records.length > 0 && start + records.length < end && !rows.hasHiddenRows;
    short = isShort ? {records, end} : undefined;
    start = isShort ? start + records.length : end;
    limit = pageSize;
  }
  return ended('too many');
}

function sequenceOf(records: readonly AuditRecord[]): string {
  return records.map(keyOf).join();
}
