import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import {countEach, keyOf} from './record-lists';
import type {Window} from './windows';

/** So many rows after a page of twins are looked at one by one: with hidden rows among them one is, but for chance. */
const ROWS_AFTER_TWINS = 12;

/**
 * Finds out, once, why a page shows fewer records than one may, though more come after it: paging counts
 * rows that no answer shows, or the page was cut short. Then the row after as many as it has shows the
 * next record, and else none, or one of the page's own. Of twins it may be either.
 * @param start where the page starts
 */
export async function learnWhyShort(
  {server, span}: {readonly server: LogServer; readonly span: Window},
  start: number,
  records: readonly AuditRecord[],
): Promise<void> {
  const {rows} = server;
  const after = start + records.length;
  const rowAt = async (place: number): Promise<AuditRecord | undefined> =>
    (await server.ask(span, place, 1)).page.records[0];
  if (rows.hasHiddenRows || rows.areUneven || records.length === 0) {
    rows.hide();
    return;
  }
  const next = await rowAt(after);
  const own = next ? (countEach(records).get(keyOf(next)) ?? 0) : NaN;
  const isCut =
    own === 0 || (own >= ROWS_AFTER_TWINS && (await areAll(rowAt, after, records.length)));
  if (isCut) {
    rows.areUneven = true;
    rows.hasSmallPages = true;
  } else {
    rows.hide();
  }
}

/** Whether all rows that are looked at, of `length` ones, show a record. */
async function areAll(
  rowAt: (place: number) => Promise<AuditRecord | undefined>,
  start: number,
  length: number,
): Promise<boolean> {
  const places = Array.from(
    {length: ROWS_AFTER_TWINS},
    (_, n) => start + Math.floor((n * length) / ROWS_AFTER_TWINS),
  );
  return (await Promise.all(places.map(rowAt))).every(Boolean);
}
