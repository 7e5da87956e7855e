import type {Clock} from '../../src/clock';

/** Turns without anything to wait for, after which a piece of work is taken to hang. */
const MOST_IDLE_TURNS = 200;

interface Due {
  readonly ms: number;
  readonly order: number;
  readonly happen: () => void;
}

/** The true time of a world, epoch ms. It passes only while something waits, from one due event to the next. */
export class SimulatedTime {
  private readonly due: Due[] = [];
  private order = 0;

  constructor(public nowMs: number) {}

  /** Lets `happen` take place `ms` from now. */
  after(ms: number, happen: () => void): void {
    const event = {ms: this.nowMs + Math.max(0, ms), order: this.order++, happen};
    const at = this.due.findLastIndex((other) => other.ms <= event.ms);
    this.due.splice(at + 1, 0, event);
  }

  /** Forgets what was to come: the process that waited for it is dead. */
  forget(): void {
    this.due.length = 0;
  }

  /**
   * Lets time pass until `work` has ended.
   * @throws Error if it waits for what never comes
   */
  async drive<T>(work: Promise<T>): Promise<T> {
    let hasEnded = false;
    const end = (): void => {
      hasEnded = true;
    };
    work.then(end, end);
    for (let idle = 0; idle < MOST_IDLE_TURNS; idle++) {
      await allThatTakesNoTime();
      if (hasEnded) {
        return work;
      }
      const next = this.due.shift();
      if (next) {
        this.nowMs = Math.max(this.nowMs, next.ms);
        next.happen();
        idle = 0;
      }
    }
    throw new Error('hang: it waits, and nothing is on its way');
  }
}

/** What the connector's machine takes for the time: off by some ms, and by more from some request on. */
export class SimulatedClock implements Clock {
  skewMs = 0;

  constructor(
    private readonly time: SimulatedTime,
    private readonly chance: () => number,
  ) {}

  now(): number {
    return this.time.nowMs + this.skewMs;
  }

  monotonicMs(): number {
    return this.time.nowMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.after(ms, resolve));
  }

  async nextTurn(): Promise<void> {
    // All that can happen does, before time passes.
  }

  random(): number {
    return this.chance();
  }
}

/** Node calls this back when no promise has anything left to do; for a turn of its event loop it asks the system. */
function allThatTakesNoTime(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
