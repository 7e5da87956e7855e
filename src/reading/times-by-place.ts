import type {LogServer} from './log-server';
import type {Window} from './windows';

/** When what stands at places happened that lie so many pages apart; oldest first. */
export async function timesByPlace(
  server: LogServer,
  span: Window,
  pages: number,
): Promise<number[]> {
  const times: number[] = [];
  const step = Math.ceil(pages * server.rows.leastPage);
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
