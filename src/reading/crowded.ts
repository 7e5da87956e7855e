import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import {contradiction} from './contradiction';
import {countEach, keyOf, oldestFirst} from './record-lists';
import {holds, type Window} from './windows';

/** Parts of a page, so that pages are cut in different places each time. */
const PAGE_SHARES = [1, 0.7, 0.45, 0.9, 0.3, 0.8, 0.55, 0.25, 0.65, 0.35, 0.75, 0.5];
/** So many readings in a row in the same order are no chance; of a few records more. */
const ALIKE = 2;
const ALIKE_OF_FEW = 4;
const FEW = 8;
/** So many readings more MUST bring nothing new. */
const CONFIRMATIONS = 2;
/** A page that starts here shows nothing, unless offsets are ignored: then nothing can be read. */
const BEYOND_ALL = 100_000;

/** One page, and whether the server says that more comes after it, which may be wrong. */
export interface CrowdedPage {
  readonly records: readonly AuditRecord[];
  /** How many were asked for in the end. */
  readonly limit: number;
  readonly saysMore: boolean;
}

/** Gets the page at an offset. */
export type GetPageAt = (start: number, limit: number) => Promise<CrowdedPage>;

/**
 * Reads a millisecond of which one answer may hold only a part: it is paged by offset again and again,
 * cut in other places each time. Where two readings show the same in the same order, that is what is
 * there. Where the order changes from answer to answer, readings are put together, and believed when
 * together they hold as many records as the longest one, and two more bring nothing new.
 * @param pageSize so many rows MUST go by with a page of that limit
 * @throws Failure if offsets are ignored or the readings never agree
 */
export async function readCrowded(
  span: Window,
  pageSize: number,
  getPageAt: GetPageAt,
): Promise<readonly AuditRecord[]> {
  const first = await getPageAt(0, MOST_RECORDS);
  const beyond = await getPageAt(BEYOND_ALL, MOST_RECORDS);
  if (beyond.records.length > 0) {
    if (first.saysMore) {
      throw contradiction(span.fromMs, 'an offset beyond all records shows some');
    }
    return first.records.filter(({timeMs}) => holds(span, timeMs));
  }
  const union = new Map<string, {record: AuditRecord; count: number}>();
  let latest: string | undefined;
  let alike = 0;
  const lengths: number[] = [];
  let quiet = 0;
  for (const share of PAGE_SHARES) {
    const {pages, isSteady} = await readPages(span, Math.ceil(share * pageSize), getPageAt);
    const all = pages.flat();
    const sequence = sequenceOf(all);
    alike = isSteady ? (sequence === latest ? alike + 1 : 1) : 0;
    latest = sequence;
    if (alike >= (all.length < FEW ? ALIKE_OF_FEW : ALIKE)) {
      return oldestFirst(all);
    }
    const before = sizeOf(union);
    pages.forEach((page) => takeIn(union, page));
    lengths.push(all.length);
    quiet = sizeOf(union) === before ? quiet + 1 : 0;
    if (
      quiet >= CONFIRMATIONS &&
      sizeOf(union) === Math.max(...lengths.slice(-1 - CONFIRMATIONS))
    ) {
      const records = [...union.values()].flatMap(({record, count}) =>
        Array<AuditRecord>(count).fill(record),
      );
      return oldestFirst(records);
    }
  }
  throw contradiction(span.fromMs, `readings of ${lengths.join(', ')} records`);
}

/** All pages once, in the order of their offsets; steady if the first one is the same in the end, so that nothing came between. */
async function readPages(
  span: Window,
  limit: number,
  getPageAt: GetPageAt,
): Promise<{pages: (readonly AuditRecord[])[]; isSteady: boolean}> {
  const pages: (readonly AuditRecord[])[] = [];
  let first: string | undefined;
  let step = limit;
  for (let start = 0; start < BEYOND_ALL; start += step) {
    const {records, saysMore, limit: asked} = await getPageAt(start, limit);
    step = Math.min(limit, asked);
    first ??= sequenceOf(records);
    pages.push(records.filter(({timeMs}) => holds(span, timeMs)));
    if (records.length === 0 && !saysMore) {
      break;
    }
  }
  const again = await getPageAt(0, limit);
  return {pages, isSteady: sequenceOf(again.records) === first};
}

function sequenceOf(records: readonly AuditRecord[]): string {
  return records.map(keyOf).join();
}

function takeIn(
  union: Map<string, {record: AuditRecord; count: number}>,
  page: readonly AuditRecord[],
): void {
  const counts = countEach(page);
  for (const record of page) {
    const key = keyOf(record);
    const count = Math.max(union.get(key)?.count ?? 0, counts.get(key)!);
    union.set(key, {record, count});
  }
}

function sizeOf(union: ReadonlyMap<string, {count: number}>): number {
  return [...union.values()].reduce((sum, {count}) => sum + count, 0);
}
