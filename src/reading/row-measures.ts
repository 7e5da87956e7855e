import {MOST_RECORDS} from '../confluence/page-size';
import type {LogServer} from './log-server';
import {areSame, keyOf} from './record-lists';
import type {Window} from './windows';

/** How many rows a page has is measured to an eighth. */
const EXACT = 8;

/**
 * Finds out how many rows a page has at least: a record that it shows is one of them, and a page that starts
 * at a row shows it as long as it stands after that row. Of the page's last time there may be twins behind it.
 */
export async function measureRows(server: LogServer, span: Window): Promise<void> {
  const {page} = await server.ask(span);
  const endMs = page.records.at(-1)?.timeMs;
  const last = page.records.findLast(({timeMs}) => timeMs !== endMs);
  if (!last) {
    return;
  }
  let shownFrom = 0;
  let notFrom = MOST_RECORDS;
  while (notFrom - shownFrom > Math.max(1, notFrom / EXACT)) {
    const start = Math.min(
      Math.ceil((shownFrom + notFrom) / 2),
      2 * Math.max(shownFrom, server.rows.leastPage),
    );
    const {records} = (await server.ask(span, start)).page;
    if (records.some((record) => keyOf(record) === keyOf(last))) {
      shownFrom = start;
    } else {
      notFrom = start;
    }
  }
  // Rows that surface in between look like hidden ones.
  if (areSame((await server.ask(span)).page.records, page.records)) {
    server.rows.hide(shownFrom + 1);
  }
}

/** When what stands at places happened that lie so many pages apart; oldest first. */
export async function timesByPlace(
  server: LogServer,
  span: Window,
  pages: number,
): Promise<number[]> {
  const times: number[] = [];
  const step = pages * server.rows.leastPage;
  for (let start = step; ; start += step) {
    const answer = await server.ask(span, start);
    const [first] = answer.page.records;
    const isMore =
      first || (await server.hasNext(answer)) || (await server.showsMoreAfter(span, start));
    if (!isMore) {
      return times.sort((a, b) => a - b);
    }
    if (first) {
      times.push(first.timeMs);
    }
  }
}
