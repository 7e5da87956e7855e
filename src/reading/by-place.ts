import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {contradiction} from './contradiction';
import type {LogServer} from './log-server';
import {areSame, keyOf, oldestFirst, recordsIn} from './record-lists';
import {Union} from './union';
import {holds, type Window} from './windows';

/** What a reading's first page has of a full one, so that pages are cut in different places each time. */
const FIRST_PAGES = [1, 0.5, 0.75, 0.25, 0.9, 0.4, 0.6, 0.3, 0.8, 0.2, 0.7, 0.1];
/** So many readings in a row in the same order are no chance; of a few records on several pages more. */
const ALIKE = 2;
const ALIKE_OF_FEW = 4;
const FEW = 8;
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
 * Where records may still surface, whatever a reading shows is there.
 * @throws Failure if requests fail, offsets are ignored or the readings never agree
 */
export async function readByPlace(server: LogServer, of: PlacedSpan): Promise<Placed> {
  const settled = {fromMs: -Infinity, toMs: of.unsettledFromMs - 1};
  const united = new Union();
  const lengths: number[] = [];
  const settledLengths: number[] = [];
  let latest: readonly AuditRecord[] | undefined;
  let latestHead: string | undefined;
  let alike = 0;
  let quiet = 0;
  for (const share of FIRST_PAGES) {
    const {pages, end, head} = await readPages(server, of, share, latest?.length);
    const all = pages.flat();
    const before = united.countIn(settled);
    pages.forEach((page) => united.add(page));
    if (end !== 'end') {
      return {records: united.records, isAll: end === 'only page'};
    }
    // Together on one page records may stand in any order.
    const isOnePage = pages.filter(({length}) => length > 0).length <= 1;
    // Another one at the beginning has shifted places while pages were asked for.
    const isAlike =
      latest &&
      head === latestHead &&
      (isOnePage ? areSame(all, latest) : sequenceOf(all) === sequenceOf(latest));
    alike = isAlike ? alike + 1 : 1;
    latest = all;
    latestHead = head;
    if (alike >= (all.length < FEW && !isOnePage ? ALIKE_OF_FEW : ALIKE)) {
      return {records: oldestFirst(all), isAll: true};
    }
    lengths.push(all.length);
    settledLengths.push(recordsIn(oldestFirst(all), settled).length);
    quiet = united.countIn(settled) === before ? quiet + 1 : 0;
    const isComplete =
      united.countIn(settled) === longestOf(settledLengths) &&
      united.records.length >= longestOf(lengths);
    if (quiet >= CONFIRMATIONS && isComplete) {
      return {records: united.records, isAll: true};
    }
  }
  throw contradiction(of.window.fromMs, `readings of ${lengths.join(', ')} records`);
}

/** What one reading showed. */
interface PlacedPages {
  readonly pages: readonly (readonly AuditRecord[])[];
  readonly end: 'end' | 'only page' | 'too many';
  /** The record that stands first, wanted or not. */
  readonly head: string | undefined;
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
): Promise<PlacedPages> {
  const {leastPage: pageSize} = server.rows;
  const pages: (readonly AuditRecord[])[] = [];
  let head: string | undefined;
  let limit = Math.ceil(share * pageSize);
  let before: AuditAnswer | undefined;
  let count = 0;
  for (let start = 0; pages.length <= mostPages || known < Infinity;) {
    const answer = await server.ask(span, start, limit);
    const {records} = answer.page;
    if (records.length === 0 && !(await server.hasNext(answer))) {
      if (count >= known || !(await server.showsMoreAfter(span, start))) {
        return {pages, head, end: 'end'};
      }
    }
    if (pages.length === 1 && known === Infinity && (await server.ignoresOffsets(span))) {
      return {pages, head, end: server.saysMore(before!) ? 'too many' : 'only page'};
    }
    if (before && records.length > 0) {
      server.next.learn(before.page.hasNext);
    }
    head = start === 0 && records[0] ? keyOf(records[0]) : head;
    const wanted = records.filter(({timeMs}) => holds(window, timeMs));
    pages.push(wanted);
    count += wanted.length;
    before = answer;
    start += Math.min(limit, answer.limit);
    limit = pageSize;
  }
  return {pages, head, end: 'too many'};
}

function sequenceOf(records: readonly AuditRecord[]): string {
  return records.map(keyOf).join();
}

/** Of the last readings, between which nothing new may come. */
function longestOf(lengths: readonly number[]): number {
  return Math.max(...lengths.slice(-1 - CONFIRMATIONS));
}
