import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';

/** So many records of what was handed on are kept, for the seam to what comes. */
export const SEAM_RECORDS = 8;
/** So many are asked for to see whether anything is there: as many that are known, and as many that are not. */
export const FEW_RECORDS = 2 * SEAM_RECORDS;

/** How many rows the pages of a server have, and how many records they show, as far as answers have shown. */
export class PageRows {
  /** The size of a record as it was sent, on average, in bytes. */
  bytesPerRecord = 700;
  /** Pages are smaller than was asked for, or not equally large: an answer of few records need not be the last. */
  hasSmallPages = false;
  /** Paging counts rows that no answer shows. */
  hasHiddenRows = false;
  /** Pages are cut short at any size: one that shows few records need not be the last, nor have other rows. */
  areUneven = false;
  /** No answer has shown more records: one that shows as many may have been cut. */
  private mostShown = 0;
  /** The most rows that a page was seen to have, or is said to have where more were asked for. */
  private mostRows = 0;
  /** What the latest answer said that it may have; undefined if it did not say. */
  private said: number | undefined;
  /** The most records of an answer after which there were more. */
  private mostCut = 0;
  private latestLimit = MOST_RECORDS;

  /** How many records a full answer shows, as far as is known. */
  get recordsPerPage(): number {
    const most = this.mostCut > 0 ? Math.max(this.mostCut, this.mostShown) : MOST_RECORDS;
    return Math.min(most, this.latestLimit);
  }

  /** So many rows at least go by with each page, even if it shows none: as long as none shows one, as many as is said. */
  get leastPage(): number {
    const most = Math.max(this.mostShown, this.mostRows) || (this.said ?? 1);
    return Math.max(1, Math.min(most, this.latestLimit));
  }

  /** So many of a page's records the next one shows again; at least two, between which something is proven. */
  overlapOf(records: number): number {
    return Math.min(SEAM_RECORDS, Math.max(2, Math.ceil(records / 4)), Math.max(0, records - 1));
  }

  /** How many records of a page the next one shows again: some that happened before its last ones, if it has many. */
  overlapAfter(records: readonly AuditRecord[]): number {
    const {length} = records;
    const lastMs = records.at(-1)?.timeMs;
    const needed = length - records.findLastIndex(({timeMs}) => timeMs !== lastMs);
    const usual = this.overlapOf(length);
    return needed <= length / 2 ? Math.max(usual, needed) : usual;
  }

  /** Whether an answer shows as many records as one may show here, so that others may come after them. */
  isFull({page, limit}: AuditAnswer): boolean {
    const full = this.areUneven ? 1 : Math.min(this.leastPage, limit);
    return page.records.length >= full;
  }

  /**
   * Takes in an answer. A server that grants fewer rows than it was asked for has no reason to lie about that.
   * @param wanted the limit before what is too heavy was asked for in smaller pages
   */
  learn(answer: AuditAnswer, wanted: number): void {
    const {page, limit} = answer;
    const {records, bytes, limit: granted = Infinity} = page;
    this.said = page.limit;
    this.mostShown = Math.max(this.mostShown, records.length);
    if (wanted === MOST_RECORDS && fills(answer)) {
      this.wasCut(records.length);
    }
    if (granted < limit) {
      this.hasSmallPages = true;
      this.mostRows = Math.max(this.mostRows, granted);
    }
    this.latestLimit = wanted === MOST_RECORDS ? limit : this.latestLimit;
    this.bytesPerRecord = records.length > 10 ? bytes / records.length : this.bytesPerRecord;
  }

  /** More was found after an answer with so many records. */
  wasCut(records: number): void {
    this.hasSmallPages ||= records < Math.max(this.mostCut, this.latestLimit);
    this.mostCut = Math.max(this.mostCut, records);
  }

  /** Rows are counted that no answer shows: others stand at their places. */
  hide(): void {
    this.hasSmallPages = true;
    this.hasHiddenRows = !this.areUneven;
  }
}

/** Whether an answer has as many records as were asked for, or as it says it may have. */
export function fills({page: {records, limit = Infinity}, limit: asked}: AuditAnswer): boolean {
  return records.length > 0 && records.length >= Math.min(asked, limit);
}
