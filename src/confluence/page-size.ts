/** The API's own maximum and default (developer.atlassian.com/cloud/confluence/rest/v1/api-group-audit). */
export const MOST_RECORDS = 1000;
/** A server that does not manage so few is not overloaded by their number. */
const LEAST_RECORDS = 25;
/** What one answer may come to: four are read at a time, and some wait to be written. */
const PAGE_BYTES = 2 * 1024 * 1024;
/** So many good answers before more is asked for again: each time that was too much after all, twice as many. */
const FIRST_TRIAL = 20;
const LONGEST_TRIAL = 1280;

/**
 * How many records to ask for at a time: fewer where a page is too heavy, for the server, for the line
 * or for our memory, and more again, slowly, where it goes well.
 */
export class PageSize {
  private most = MOST_RECORDS;
  private bytesPerRecord = 0;
  private good = 0;
  /** What is asked for now, and not all, has come well. */
  private hasWorked = false;
  private trial = FIRST_TRIAL;

  /** What to ask for where `wanted` records are wanted. */
  limitFor(wanted: number): number {
    const byBytes = this.bytesPerRecord > 0 ? Math.floor(PAGE_BYTES / this.bytesPerRecord) : wanted;
    return Math.max(1, Math.min(wanted, this.most, byBytes));
  }

  /** `asked` records came, or fewer: `count` in `bytes`. */
  wentWell(asked: number, count: number, bytes: number): void {
    if (count > 0) {
      const latest = bytes / count;
      // Up at once and down by halves, so that one huge record is forgotten after a few pages.
      this.bytesPerRecord = Math.max(latest, (latest + this.bytesPerRecord) / 2);
    }
    if (asked >= this.most && this.most < MOST_RECORDS) {
      this.hasWorked = true;
      if (++this.good >= this.trial) {
        this.most = Math.min(MOST_RECORDS, 2 * this.most);
        this.good = 0;
      }
    }
  }

  /**
   * `asked` records were, or may have been, too heavy.
   * @param isTooLarge the answer was larger than can be held, some eight times PAGE_BYTES
   * @returns whether fewer will be asked for now
   */
  wasTooHeavy(asked: number, isTooLarge: boolean): boolean {
    const least = isTooLarge ? 1 : LEAST_RECORDS;
    const fewer = Math.max(least, Math.floor(asked / (isTooLarge ? 8 : 2)));
    if (fewer < asked && fewer < this.most) {
      this.trial = Math.min(this.hasWorked ? 2 * this.trial : this.trial, LONGEST_TRIAL);
      this.most = fewer;
      this.good = 0;
      this.hasWorked = false;
    }
    return fewer < asked;
  }
}
