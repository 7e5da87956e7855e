import type {AuditRecord} from '../confluence/page';
import {contradiction} from './contradiction';
import type {LogServer} from './log-server';
import {type PlacedSpan, readPages} from './place-reading';
import {countEach, keyOf, oldestFirst, recordsIn} from './record-lists';
import type {Window} from './windows';

/** What a reading's first page has of a full one, so that pages are cut in different places each time. */
const FIRST_PAGES = [1, 0.5, 0.75, 0.25, 0.9, 0.4, 0.6, 0.3, 0.8, 0.2, 0.7, 0.1];
/** Readings that are alike are no chance if a random order makes them so less often than once in 2 ** this. */
const BITS_NEEDED = 20;
/** Twins have few orders, so that readings are hardly ever no chance: so many MUST do, since all take time. */
const MOST_ALIKE = 6;
/** Of fewer records all readings take no time. */
const FEW = 20;
/** Of a crowd whose order changes each reading lacks a third; where one comes to light meanwhile, those that are alike begin late. */
const MOST_READINGS = 2 * FIRST_PAGES.length;
/** So many readings more MUST bring nothing new. */
const CONFIRMATIONS = 2;

/** What was read by place. */
export interface Placed {
  /** Oldest first. */
  readonly records: readonly AuditRecord[];
  /** Nothing else is there; otherwise it was too much, and is not proven. */
  readonly isAll: boolean;
}

/** What is kept of a reading: its records, of which there may be many, are kept together. */
interface Told {
  readonly newestMs: number;
  readonly count: number;
  readonly settled: number;
}

/**
 * Reads what answers cannot be followed through by what they show: it is paged by offset again and
 * again, cut in other places each time. What readings in a row show in the same order, so many of them
 * that it is no chance, is what is there. Where the order changes from answer to answer, readings are put
 * together, and believed when together they hold as many records as the longest one, and two more bring
 * nothing new. That is asked of what is settled; where records may still surface, whatever a reading
 * shows is there.
 * @throws Failure if requests fail, offsets are ignored or the readings never agree
 */
export async function readByPlace(server: LogServer, of: PlacedSpan): Promise<Placed> {
  const settled = {fromMs: -Infinity, toMs: of.unsettledFromMs - 1};
  // What happens from now on is for the next sync, which reads it again.
  const isLater = of.window.fromMs > server.endMs;
  const united = new Union();
  const wanted = (records: readonly AuditRecord[]): readonly AuditRecord[] =>
    recordsIn(oldestFirst(records), of.window);
  const readings: Told[] = [];
  let latest: readonly string[] | undefined;
  let alike = 0;
  let quiet = 0;
  let count = 0;
  while (readings.length < MOST_READINGS) {
    const share = FIRST_PAGES[readings.length % FIRST_PAGES.length]!;
    const {pages, records, newestMs, end} = await readPages(server, of, share, latest);
    pages.forEach((page) => united.add(page));
    if (end !== 'end') {
      return {records: wanted(united.records), isAll: end === 'only page'};
    }
    // Together on one page records may stand in any order.
    const isOnePage = pages.filter(({length}) => length > 0).length <= 1;
    const keys = isOnePage ? records.map(keyOf).sort() : records.map(keyOf);
    const isAlike = keys.length === latest?.length && keys.every((key, n) => key === latest![n]);
    alike = isAlike ? alike + 1 : 1;
    if (alike >= (isOnePage ? 2 : alikeNeeded(records))) {
      return {records: wanted(records), isAll: true};
    }
    latest = keys;
    const inOrder = oldestFirst(records);
    readings.push({
      newestMs,
      count: inOrder.length,
      settled: recordsIn(inOrder, settled).length,
    });
    const before = count;
    count = united.countIn(settled);
    quiet = count > before ? 0 : quiet + 1;
    if (count > before) {
      server.progress();
    }
    if (quiet >= CONFIRMATIONS && (isLater || isComplete(united, readings, settled))) {
      return {records: wanted(united.records), isAll: true};
    }
  }
  const lengths = readings.map((each) => each.count).join(', ');
  throw contradiction(of.window.fromMs, `readings of ${lengths} records`);
}

/**
 * Whether together the readings hold as much as the longest one of the last. One does not count whose
 * places shifted while it was read, since something newer came before it: it may show a record twice.
 */
function isComplete(united: Union, readings: readonly Told[], settled: Window): boolean {
  const lasting = readings
    .slice(-1 - CONFIRMATIONS)
    .filter(({newestMs}, i, last) => newestMs >= (last[i + 1]?.newestMs ?? newestMs));
  return (
    united.countIn(settled) === Math.max(...lasting.map((each) => each.settled)) &&
    united.records.length >= Math.max(...lasting.map((each) => each.count))
  );
}

/** How many readings in a row MUST show these records in this order: of few, or of twins, there are few orders. */
function alikeNeeded(records: readonly AuditRecord[]): number {
  const counts = [...countEach(records).values()];
  const bits = bitsOfOrders(records.length) - counts.reduce((sum, n) => sum + bitsOfOrders(n), 0);
  const most = records.length < FEW ? FIRST_PAGES.length : MOST_ALIKE;
  return Math.min(most, 1 + Math.ceil(BITS_NEEDED / Math.max(1, bits)));
}

/** log2 of in how many orders so many may stand. */
function bitsOfOrders(count: number): number {
  let bits = 0;
  for (let n = 2; n <= count; n++) {
    bits += Math.log2(n);
  }
  return bits;
}

/** What pages have shown together; of twins as many as one page has. */
class Union {
  private readonly counts = new Map<string, {record: AuditRecord; count: number}>();

  add(page: readonly AuditRecord[]): void {
    const counts = countEach(page);
    for (const record of page) {
      const key = keyOf(record);
      const known = this.counts.get(key);
      const count = Math.max(known?.count ?? 0, counts.get(key)!);
      // The pages of later readings are soon forgotten.
      this.counts.set(key, {record: known?.record ?? record, count});
    }
  }

  /** Oldest first. */
  get records(): readonly AuditRecord[] {
    const all = [...this.counts.values()].flatMap(({record, count}) =>
      Array<AuditRecord>(count).fill(record),
    );
    return oldestFirst(all);
  }

  countIn(window: Window): number {
    return recordsIn(this.records, window).length;
  }
}
