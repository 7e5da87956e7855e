import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import type {Query, Shown} from './query';
import type {Window} from './windows';

/** Where the pages of a query start: each so that it shows again how the one before ended. */
export class Places {
  /** What was asked for before it was needed, by where it starts. */
  private readonly ahead = new Map<number, Promise<AuditAnswer>>();
  /** How many rows of the crowd before what is wanted were shown. */
  private crowdRows = 0;

  /** @param start where the next page starts */
  constructor(
    private readonly server: LogServer,
    private readonly span: Window,
    public start: number,
  ) {}

  /** Asks at once for the next pages. */
  askAhead(pages: number): void {
    const {recordsPerPage} = this.server.rows;
    const step = Math.max(1, recordsPerPage - this.server.rows.overlapOf(recordsPerPage));
    for (let page = 0; page < pages; page++) {
      const start = this.start + page * step;
      const answer = this.server.ask(this.span, start);
      answer.catch(() => undefined);
      this.ahead.set(start, answer);
    }
  }

  /** The next page. */
  ask(limit: number): Promise<AuditAnswer> {
    const {start} = this;
    const answer = this.ahead.get(start) ?? this.server.ask(this.span, start, limit);
    this.ahead.delete(start);
    return answer;
  }

  /** When what stands at a place happened; undefined if nothing does. */
  async timeAt(place: number, {records, start = Infinity}: Shown): Promise<number | undefined> {
    const shown =
      records[place - start] ?? (await this.server.ask(this.span, place, 1)).page.records[0];
    return shown?.timeMs;
  }

  /** How many records of a page the next one shows again: some that happened before its last ones, if it has many. */
  overlapAfter(records: readonly AuditRecord[]): number {
    const {length} = records;
    const lastMs = records.at(-1)!.timeMs;
    const needed = length - records.findLastIndex(({timeMs}) => timeMs !== lastMs);
    const usual = this.server.rows.overlapOf(length);
    return needed <= length / 2 ? Math.max(usual, needed) : Math.min(usual, length - 1);
  }

  /** Whether more stand at the anchor's time than happened then: others stand amid them. */
  showsStrays({anchorMs, atAnchor}: Query, records: readonly AuditRecord[]): boolean {
    return records.some(({timeMs}, i) => timeMs === anchorMs && this.start + i >= atAnchor);
  }

  /** Whether a page shows only what is known before what is wanted: where that is a crowd it has many such pages. */
  isOfCrowd({timeMs, count}: Query['before'], records: readonly AuditRecord[]): boolean {
    const isOf = records.every((each) => each.timeMs === timeMs);
    this.crowdRows += isOf ? records.length : 0;
    return isOf && this.crowdRows <= 2 * count;
  }

  /** The next page begins with some records of this one, and goes on by one at least. */
  stepOver(records: readonly AuditRecord[]): void {
    this.start += Math.max(1, records.length - this.overlapAfter(records));
  }

  /** The next page begins with the last row of this one: what stands before it cannot be told from it. */
  stepToLast(): void {
    this.start += Math.max(1, this.server.rows.leastPage - 1);
  }
}
