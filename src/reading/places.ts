import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import type {Shown} from './query';
import {areSame} from './record-lists';
import type {Window} from './windows';

/** By so much farther than it is known to have rows a page may be stepped over, to see whether it has more. */
const MOST_GROWTH = 2;

/**
 * Where the pages of a query start: each so that it shows again how the one before ended. Where paging
 * counts rows that no answer shows, how many rows a page has is learnt from the records that two share.
 */
export class Places {
  /** Where the last page started that all pages before it follow each other up to. */
  private from = 0;
  /** How many rows stand for a record that was shown last. */
  private rowsPerRecord = 1;

  /** @param start where the next page starts */
  constructor(
    private readonly server: LogServer,
    private readonly span: Window,
    public start: number,
  ) {}

  /** How many records of a page the next one shows again: some that happened before its last ones, if it has many. */
  overlapAfter(records: readonly AuditRecord[]): number {
    const {length} = records;
    const lastMs = records.at(-1)!.timeMs;
    const needed = length - records.findLastIndex(({timeMs}) => timeMs !== lastMs);
    const usual = this.server.overlapOf(length);
    return needed <= length / 2 ? Math.max(usual, needed) : Math.min(usual, length - 1);
  }

  /** The next page begins with some records of this one, and goes on by one at least. */
  stepOver(records: readonly AuditRecord[]): void {
    const {leastPage, hasHiddenRows} = this.server;
    const {length} = records;
    const kept = this.overlapAfter(records);
    const known = (1 - kept / length) * leastPage;
    const expected = Math.min((length - kept) * this.rowsPerRecord, MOST_GROWTH * leastPage);
    const rows = hasHiddenRows ? Math.max(known, expected) : length - kept;
    this.from = this.start;
    this.start += Math.max(1, Math.floor(rows));
  }

  /** The next page follows this one, which shows nothing to go by, by its place. */
  stepByPlace(): void {
    this.from = this.start;
    this.start += this.server.leastPage;
  }

  /** Asks nearer for a page that shows nothing of the one before, if rows may have been stepped over. */
  comeNearer(): boolean {
    const nearest = this.from + this.server.leastPage;
    const isTooFar = this.start > nearest;
    this.start = Math.min(this.start, nearest);
    return isTooFar;
  }

  /** Takes in what a page that follows another shows of it: by a millisecond that both have whole. */
  async learn(before: Shown, records: readonly AuditRecord[]): Promise<void> {
    const {server, start} = this;
    const tailMs = before.records.at(-1)?.timeMs;
    const timeMs = before.records.findLast((record) => record.timeMs !== tailMs)?.timeMs;
    const isSame = (record: AuditRecord): boolean => record.timeMs === timeMs;
    const at = records.findIndex(isSame);
    const step = start - (before.start ?? start);
    this.rowsPerRecord = 1;
    if (step <= 0 || at <= 0 || timeMs === records[0]!.timeMs) {
      return;
    }
    this.rowsPerRecord = step / Math.max(1, before.records.findIndex(isSame) - at);
    if (server.wouldLearnRows(step + at)) {
      // Rows that surface in between look like hidden ones.
      const {page} = await server.ask(this.span, before.start);
      if (areSame(page.records, before.records)) {
        server.learnRows(step + at);
      }
    }
  }
}
