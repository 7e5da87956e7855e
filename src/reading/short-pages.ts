import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import {countEach, keyOf} from './record-lists';
import type {Window} from './windows';

/**
 * Finds out, once, why a page shows fewer records than one may, though more come after it: paging counts
 * rows that no answer shows, or the page was cut short. Then the row after as many as it has shows the
 * next record, and else none, or one of the page's own.
 * @param start where the page starts
 */
export async function learnWhyShort(
  {server, span}: {readonly server: LogServer; readonly span: Window},
  start: number,
  records: readonly AuditRecord[],
): Promise<void> {
  const {rows} = server;
  if (rows.hasHiddenRows || rows.areUneven || records.length === 0) {
    rows.hide();
    return;
  }
  const {page} = await server.ask(span, start + records.length, 1);
  const [next] = page.records;
  if (next && !countEach(records).has(keyOf(next))) {
    rows.areUneven = true;
    rows.hasSmallPages = true;
  } else {
    rows.hide();
  }
}
