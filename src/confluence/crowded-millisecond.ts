import {Failure} from '../errors';
import {countEach, keyOf, oldestFirst} from '../stream/seams';
import {holds, type Window} from '../stream/windows';
import type {AuditRecord} from './page';

/** Pages of different sizes are cut in different places. */
const PAGE_SIZES = [1000, 700, 450, 900, 300, 800, 550, 250, 650, 350, 750, 500];
/** So many readings more MUST bring nothing new. */
const CONFIRMATIONS = 2;
/** A page that starts here shows nothing, unless offsets are ignored: then nothing can be read. */
const BEYOND_ALL = 100_000;

/** One page, and whether the server says that more comes after it, which may be wrong. */
export interface CrowdedPage {
  readonly records: readonly AuditRecord[];
  readonly saysMore: boolean;
}

/** Gets the page at an offset. */
export type GetPageAt = (start: number, limit: number) => Promise<CrowdedPage>;

/**
 * Reads one millisecond, or what lies beside it, of which one answer may hold only a part: it is paged
 * by offset again and again, and the readings are put together, since the order within a millisecond
 * may change from answer to answer. They are believed when together they hold as many records as the longest one, and
 * two more bring nothing new. Of equal records (twins) there are as many as one answer shows at
 * once; or as all readings show alike.
 * @throws Failure if offsets are ignored or the readings never agree
 */
export async function readCrowded(
  span: Window,
  getPageAt: GetPageAt,
): Promise<readonly AuditRecord[]> {
  const first = await getPageAt(0, PAGE_SIZES[0]!);
  const beyond = await getPageAt(BEYOND_ALL, PAGE_SIZES[0]!);
  if (beyond.records.length > 0) {
    if (first.saysMore) {
      throw contradiction(span, 'an offset beyond all records shows some');
    }
    return first.records.filter(({timeMs}) => holds(span, timeMs));
  }
  const union = new Map<string, {record: AuditRecord; count: number}>();
  const readings = new Set<string>();
  const lengths: number[] = [];
  let quiet = 0;
  for (const [i, limit] of PAGE_SIZES.entries()) {
    const pages = await readPages(span, limit, i % 2 === 1, getPageAt);
    if (!pages) {
      continue;
    }
    const sizeBefore = sizeOf(union);
    pages.forEach((page) => takeIn(union, page));
    const all = pages.flat();
    readings.add(all.map(keyOf).sort().join());
    lengths.push(all.length);
    quiet = sizeOf(union) === sizeBefore ? quiet + 1 : 0;
    if (
      quiet >= CONFIRMATIONS &&
      sizeOf(union) === Math.max(...lengths.slice(-1 - CONFIRMATIONS))
    ) {
      const records = [...union.values()].flatMap(({record, count}) =>
        Array<AuditRecord>(count).fill(record),
      );
      return oldestFirst(records);
    }
    if (readings.size === 1 && i === PAGE_SIZES.length - 1) {
      return oldestFirst(all);
    }
  }
  throw contradiction(span, `readings of ${lengths.join(', ')} records`);
}

/**
 * All pages of the millisecond once, in the order of their offsets, or a second time backwards: an
 * order that changes by turns would else look the same each time. Undefined if pages came in other
 * sizes the second time: then they do not meet.
 */
async function readPages(
  span: Window,
  limit: number,
  isBackwards: boolean,
  getPageAt: GetPageAt,
): Promise<(readonly AuditRecord[])[] | undefined> {
  const starts: [number, number][] = [];
  const pages: (readonly AuditRecord[])[] = [];
  const read = async (start: number): Promise<CrowdedPage> => {
    const page = await getPageAt(start, limit);
    pages.push(page.records.filter(({timeMs}) => holds(span, timeMs)));
    return page;
  };
  for (let start = 0; start < BEYOND_ALL;) {
    const {records, saysMore} = await read(start);
    starts.push([start, records.length]);
    if (records.length === 0 && !saysMore) {
      break;
    }
    start += Math.max(1, records.length);
  }
  if (isBackwards) {
    pages.length = 0;
    for (const [start, length] of starts.toReversed()) {
      const {records} = await read(start);
      if (records.length !== length) {
        return undefined;
      }
    }
  }
  return pages;
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

function contradiction({fromMs}: Window, detail: string): Failure {
  return new Failure(
    'unexpected',
    `The records of ${new Date(fromMs).toISOString()} are more than one answer holds, and Confluence's answers about them contradict each other. Try again; if that goes on, report it to Atlassian support.`,
    {detail},
  );
}
