import {Random} from './random';

/**
 * How events lie in time. even: evenly, with jitter; office: working hours and nightly group syncs;
 * bursty: long quiet, then tens of thousands within an hour; burst: up to 50,000 within one minute in
 * the middle of an even log; sparse: a handful here and there.
 */
export type Shape = 'even' | 'office' | 'bursty' | 'burst' | 'sparse';

/**
 * `twin`: an exact repetition of the record before it, in the same millisecond. An `opening` has a
 * `sequel`, 11 to 72 ms later: what Confluence records in the same breath. That is the distance captured
 * of deactivations; of new spaces it was 18 to 493 ms.
 */
export type Occasion = 'alone' | 'group sync' | 'twin' | 'opening' | 'sequel';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What an identity provider's first sync of a large site may bring at once. */
const MOST_IN_BURST = 50_000;
const DAY_MS = 24 * HOUR_MS;
/** In the order in which events of one millisecond come: a twin after what it repeats. */
const OCCASIONS: Occasion[] = ['alone', 'group sync', 'twin', 'opening', 'sequel'];
const [ALONE, SYNC, TWIN, OPENING, SEQUEL] = [0, 1, 2, 3, 4] as const;
/** A power of two above them all. */
const STEP = 8;

/**
 * The moments of `count` events in [from, to] (epoch ms), ascending. A moment is a single number,
 * STEP times its time plus its occasion, so that millions of them sort as a typed array.
 */
export class Timeline {
  private readonly moments: Float64Array;
  private filled = 0;

  constructor(
    private readonly count: number,
    private readonly from: number,
    private readonly to: number,
    private readonly random: Random,
    shape: Shape,
  ) {
    this.moments = new Float64Array(count);
    if (shape === 'even') this.evenly(from, to, count);
    else if (shape === 'office') this.office();
    else if (shape === 'bursty') this.bursty();
    else if (shape === 'burst') this.burst();
    else this.sparse();
    this.moments.sort();
  }

  *[Symbol.iterator](): Generator<{time: number; occasion: Occasion}> {
    for (const moment of this.moments) {
      yield {time: Math.floor(moment / STEP), occasion: OCCASIONS[moment % STEP] ?? 'alone'};
    }
  }

  private evenly(from: number, to: number, count: number): void {
    const step = (to - from) / count;
    for (let n = 0; n < count; n++) this.add(from + (n + this.random.next()) * step);
  }

  private office(): void {
    while (this.left() > this.count * 0.2) this.addWithCompany(this.workingTime());
    while (this.left() > 0) this.sync(this.random.integer(20, 400));
  }

  private bursty(): void {
    while (this.left() > this.count * 0.95) this.addWithCompany(this.anyTime());
    const burst = Math.ceil(this.left() / Math.max(2, Math.round(this.count / 40_000)));
    while (this.left() > 0) {
      const begin = this.from + this.random.next() * Math.max(0, this.to - this.from - HOUR_MS);
      const end = this.left() - Math.min(burst, this.left());
      while (this.left() > end) {
        const size = Math.min(this.left() - end, this.random.integer(200, 4000));
        this.sync(size, begin, Math.min(this.to, begin + HOUR_MS));
      }
    }
  }

  private burst(): void {
    const size = Math.min(MOST_IN_BURST, Math.floor(this.count / 2));
    const begin = (this.from + this.to) / 2;
    this.evenly(this.from, this.to, this.count - size);
    this.evenly(begin, Math.min(this.to, begin + MINUTE_MS), size);
  }

  private sparse(): void {
    while (this.left() > 0) {
      const begin = this.anyTime();
      const end = Math.max(0, this.left() - this.random.integer(1, 12));
      while (this.left() > end) this.addWithCompany(begin + this.random.next() * 0.5 * HOUR_MS);
    }
  }

  /** Adds an event, now and then with its sequel, with others in its millisecond or with its twin. */
  private addWithCompany(time: number): void {
    if (this.left() > 1 && this.random.chance(0.04)) {
      this.add(time, OPENING);
      this.add(time + this.random.integer(11, 72), SEQUEL);
      return;
    }
    this.add(time);
    if (this.random.chance(0.01)) {
      for (let n = this.random.integer(1, 4); n > 0; n--) this.add(time);
    } else if (this.random.chance(0.004)) {
      this.add(time, TWIN);
    }
  }

  /** A group sync of an identity provider: records 10 to 14 ms apart, as captured. */
  private sync(size: number, earliest = this.from, latest = this.to): void {
    const length = Math.min(size, this.left());
    const room = latest - earliest;
    const squeeze = Math.min(1, room / (length * 14));
    let time = earliest + this.random.next() * Math.max(0, room - length * 14);
    for (let n = 0; n < length; n++) {
      this.add(time, this.random.chance(0.002) && n > 0 ? TWIN : SYNC);
      if (!this.random.chance(0.004)) time += this.random.integer(10, 14) * squeeze;
    }
  }

  private anyTime(): number {
    return this.from + this.random.next() * (this.to - this.from);
  }

  /** Mostly Monday to Friday, around noon UTC; any time where the range has too little of those. */
  private workingTime(): number {
    for (let attempt = 0; attempt < 20; attempt++) {
      const time = this.anyTime();
      const weekday = new Date(time).getUTCDay();
      const hour = (time % DAY_MS) / HOUR_MS;
      const busy =
        weekday >= 1 && weekday <= 5 ? Math.max(0.02, 1 - Math.abs(hour - 12.5) / 5) : 0.01;
      if (this.random.chance(busy)) return time;
    }
    return this.anyTime();
  }

  private add(time: number, occasion: number = ALONE): void {
    if (this.left() === 0) return;
    const within = Math.min(this.to, Math.max(this.from, Math.floor(time)));
    this.moments[this.filled] = within * STEP + occasion;
    this.filled += 1;
  }

  private left(): number {
    return this.count - this.filled;
  }
}
