import {MOST_RECORDS} from '../confluence/page-size';
import type {LogServer} from './log-server';
import {holds, type Window} from './windows';

/** The times in a window, oldest first, of what stands at places that lie `step` rows apart in an answer of pages. */
export async function timesByPlace(
  server: LogServer,
  {span, window}: {readonly span: Window; readonly window: Window},
  step: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let start = step; ; start += step) {
    // Of rows some may not be shown.
    const answer = await server.ask(span, start, server.canFollow ? 1 : MOST_RECORDS);
    const timeMs = answer.page.records[0]?.timeMs;
    const isMore =
      timeMs === undefined ? await server.goesOn(answer, span, start) : timeMs >= window.fromMs;
    if (!isMore) {
      return times.sort((a, b) => a - b);
    }
    if (timeMs !== undefined && holds(window, timeMs)) {
      times.push(timeMs);
    }
  }
}
