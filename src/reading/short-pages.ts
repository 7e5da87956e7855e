import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import {areSame, keyOf} from './record-lists';
import type {Window} from './windows';

/** So many rows of a page of twins are looked at one by one: if it has more, some of them. */
const MOST_ROWS = 40;

/** A page that shows fewer records than one may, though more comes after it. */
export interface ShortPage {
  readonly server: LogServer;
  readonly span: Window;
  /** Where it starts. */
  readonly start: number;
  readonly records: readonly AuditRecord[];
}

/**
 * Finds out, once, why a page is short: paging counts rows that no answer shows, or it was cut. Then the
 * row after as many as it has shows the next record, and else none, or one of the page's own. Where
 * something surfaces meanwhile nothing is learnt.
 */
export async function learnWhyShort(short: ShortPage): Promise<void> {
  const {server, span, start, records} = short;
  const {rows, newestMs} = server;
  if (rows.hasHiddenRows || rows.areUneven || records.length === 0) {
    rows.hide();
    return;
  }
  if (await server.hasNewerThan(newestMs, span)) {
    return;
  }
  const [next] = await rowsAt(short, [start + records.length]);
  const isOwn = next && records.some((record) => isSame(record, next));
  const isCut = next && (!isOwn || (await isCutAmidTwins(short)));
  if (!(await isStill(short))) {
    return;
  }
  if (isCut) {
    rows.areUneven = true;
    rows.hasSmallPages = true;
  } else {
    rows.hide();
  }
}

/** Whether the page still begins as it did: where something surfaces meanwhile other rows stand at its places. */
async function isStill({server, span, start, records}: ShortPage): Promise<boolean> {
  const {page} = await server.ask(span, start);
  const both = Math.min(page.records.length, records.length);
  return both > 0 && areSame(page.records.slice(0, both), records.slice(0, both));
}

/** Of twins it may be the next one or the page's own. Only if it was cut every row up to it is as the page shows. */
async function isCutAmidTwins(short: ShortPage): Promise<boolean> {
  const {start, records} = short;
  const length = records.length + 1;
  const looked = Math.min(length, MOST_ROWS);
  const places = Array.from({length: looked}, (_, n) => Math.floor((n * length) / looked));
  const rows = await rowsAt(
    short,
    places.map((place) => start + place),
  );
  return rows.every((row, n) => row && isSame(row, records[places[n]!] ?? row));
}

function isSame(a: AuditRecord, b: AuditRecord): boolean {
  return keyOf(a) === keyOf(b);
}

/** What stands at places, each asked for alone: such a page cannot be cut. */
function rowsAt(
  {server, span}: ShortPage,
  places: readonly number[],
): Promise<(AuditRecord | undefined)[]> {
  return Promise.all(
    places.map(async (place) => (await server.ask(span, place, 1)).page.records[0]),
  );
}
