/** How often a server is asked where nothing can follow: one that says `next` now and then must be caught at it. */
const MOST_DOUBTS = 8;
/** A sign that was right so often is not right by chance. */
const OFTEN = 8;

/** What `_links.next` is worth here. It is a sign, and believed for as long as nothing speaks against it. */
export class NextSign {
  /** It was seen where nothing can follow: it says nothing here. */
  isMeaningless = false;
  private doubts = 0;
  /** After how many answers more was found, as they said; NaN if one did not say so. */
  private timesRight = 0;

  /** Whether it was right about all that was found out otherwise. */
  get isRight(): boolean {
    return this.timesRight >= OFTEN && !this.isMeaningless;
  }

  /** More was found after an answer that has it, or has it not. */
  learn(isThere: boolean): void {
    this.timesRight += isThere ? 1 : NaN;
  }

  /** Whether it may be true that more follows. @param isSaidOfNothing asks where nothing can follow */
  async mayBeTrue(isThere: boolean, isSaidOfNothing: () => Promise<boolean>): Promise<boolean> {
    if (isThere && !this.isMeaningless && this.doubts < MOST_DOUBTS) {
      this.doubts++;
      this.isMeaningless = await isSaidOfNothing();
    }
    return isThere && !this.isMeaningless;
  }
}
