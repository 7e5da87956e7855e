import {contradiction} from './contradiction';
import type {LogServer} from './log-server';
import {ALL} from './windows';

/** After so many pages without a record none is looked for any more. */
const MOST_PAGES_OF_NOTHING = 40;
/** So many rows of other times may a server add to those of a millisecond. */
const MOST_ROWS_OF_OTHERS = 100_000;

/** Finds out, once, how widely a server has to be asked so that it shows all between two bounds. */
export class BoundsTrial {
  private trial: Promise<void> | undefined;

  constructor(private readonly server: LogServer) {}

  /**
   * Tries, once for all who ask, whether bounds are kept: asks for the millisecond of the record that shows
   * it best, ever wider until that is shown. Without a record they are asked for as widely as can be.
   */
  run(): Promise<void> {
    this.trial ??= this.tryOnce();
    return this.trial;
  }

  private async tryOnce(): Promise<void> {
    const {server} = this;
    const {bounds} = server;
    if (bounds.oddMs === undefined) {
      await this.findRecord();
    }
    const {oddMs} = bounds;
    if (oddMs === undefined) {
      while (bounds.widen());
      return;
    }
    for (;;) {
      const isShown = await this.isShown(oddMs);
      if ((isShown && bounds.isShownBy(oddMs)) || !bounds.widen()) {
        if (!isShown) {
          throw contradiction(oddMs, 'a record that was shown is not shown when it is asked for');
        }
        return;
      }
    }
  }

  /**
   * Looks for a record where none was shown. As long as that is so a page is taken to have as many rows as
   * the server says: it may have fewer, so the first ones are looked through in smaller steps.
   */
  private async findRecord(): Promise<void> {
    const {server} = this;
    let most = 1;
    let start = 0;
    for (let page = 0; page < MOST_PAGES_OF_NOTHING; page++) {
      const answer = await server.ask(ALL, start);
      most = Math.max(most, server.rows.leastPage);
      const isFound = server.bounds.oddMs !== undefined && start >= most / 2;
      if (isFound || !(await server.hasNext(answer))) {
        return;
      }
      start = start < most ? Math.max(1, 2 * start) : start + most;
    }
  }

  /** Whether something is shown in a millisecond when it is asked for as widely as is thought to be needed. */
  private async isShown(timeMs: number): Promise<boolean> {
    const {server} = this;
    const span = server.bounds.closed({fromMs: timeMs, toMs: timeMs});
    for (let start = 0; start < MOST_ROWS_OF_OTHERS;) {
      const answer = await server.ask(span, start);
      const {records} = answer.page;
      if (records.some((record) => record.timeMs === timeMs)) {
        return true;
      }
      if (!(records.length > 0 ? server.mayBeCut(answer) : await server.hasNext(answer))) {
        return false;
      }
      // A page that was cut short has the next row after those that it shows.
      start += records.length || server.rows.leastPage;
    }
    return false;
  }
}
