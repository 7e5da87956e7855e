/** A window may turn out so many times sparser than thought before what was thought counts no more; half of that for denser. */
const SURPRISE = 4;
/** An empty window says only that it is sparse; it is taken for one that holds so many. */
const RECORDS_IN_NONE = 120;
/** How much of what was known counts beside what was read last. */
const KEPT = 0.7;

/** How close together records lie in one stretch of time, learnt from what was read of it. */
export class Density {
  private records = 0;
  private spanMs = 0;
  /** What was read last was by far sparser than thought, so it is not known how sparse. */
  isUnsure = false;

  get isKnown(): boolean {
    return this.records > 0;
  }

  /** `records` lay in `spanMs`. */
  learn(records: number, spanMs: number): void {
    const counted = Math.max(records, RECORDS_IN_NONE);
    this.isUnsure = this.isKnown && spanMs > SURPRISE * this.spanOf(counted);
    const kept = this.isUnsure || this.isFarDenser(records, spanMs) ? 0 : KEPT;
    this.records = kept * this.records + counted;
    this.spanMs = kept * this.spanMs + spanMs;
  }

  /** Whether `records` in `spanMs` lie by far closer together than was thought; always, if nothing was known. */
  isFarDenser(records: number, spanMs: number): boolean {
    return !this.isKnown || 2 * spanMs < this.spanOf(records);
  }

  /** The time in which about `records` are to be expected. */
  spanOf(records: number): number {
    return this.isKnown ? (this.spanMs / this.records) * records : Infinity;
  }

  /** How many records are to be expected in `spanMs`. */
  recordsIn(spanMs: number): number {
    return this.isKnown ? (this.records / this.spanMs) * spanMs : 0;
  }
}
