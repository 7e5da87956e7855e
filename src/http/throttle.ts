import type {Clock} from '../clock';
import {MAX_WAIT_MS} from './retry-timing';

/** Requests that may be out at the same time. */
const MOST_IN_FLIGHT = 4;
const SUCCESSES_PER_STEP = 25;

/**
 * Lets a few requests out at a time: one as soon as the server says that it is too much, and one more
 * again after every 25 answers that went well.
 */
export class Throttle {
  private limit = MOST_IN_FLIGHT;
  private inFlight = 0;
  private successes = 0;
  private closedUntilMs = 0;
  private isStopped = false;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  /** Runs `request` as soon as there is room and no wait that the server asked for is left. */
  async run<T>(request: () => Promise<T>): Promise<T> {
    while (this.inFlight >= this.limit) {
      await new Promise<void>((resume) => this.waiting.push(resume));
    }
    this.inFlight++;
    try {
      for (let leftMs = this.leftMs(); leftMs > 0; leftMs = this.leftMs()) {
        await this.clock.sleep(leftMs);
      }
      return await request();
    } finally {
      this.inFlight--;
      this.wake();
    }
  }

  /** Lets nothing out any more: what waits fails. */
  stop(): void {
    this.isStopped = true;
  }

  /** The server is at its limit: one request at a time, and none before `waitMs` have passed. */
  slowDown(waitMs = 0): void {
    this.limit = 1;
    this.successes = 0;
    // A longer wait fails the request that met it; the others need not sit it out.
    const untilMs = this.clock.monotonicMs() + Math.min(waitMs, MAX_WAIT_MS);
    this.closedUntilMs = Math.max(this.closedUntilMs, untilMs);
  }

  /** An answer came that says nothing about limits. */
  speedUp(): void {
    if (++this.successes >= SUCCESSES_PER_STEP && this.limit < MOST_IN_FLIGHT) {
      this.limit++;
      this.successes = 0;
      this.wake();
    }
  }

  /** What is left of a wait, ms. @throws Error if nothing is let out any more */
  private leftMs(): number {
    if (this.isStopped) {
      throw new Error('a request had failed before this one was sent');
    }
    return this.closedUntilMs - this.clock.monotonicMs();
  }

  private wake(): void {
    for (let room = this.limit - this.inFlight; room > 0; room--) {
      this.waiting.shift()?.();
    }
  }
}
