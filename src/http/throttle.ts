import type {Clock} from '../clock';

/** Requests that may be out at the same time. */
export const MOST_IN_FLIGHT = 4;

const SUCCESSES_PER_STEP = 25;
/** A longer wait fails the request that met it; the others need not sit it out. */
const MAX_CLOSED_MS = 15 * 60_000;

/**
 * Lets at most `limit` requests out at a time: `mostInFlight` at first, one as soon as the server
 * says that it is too much, and one more again after every 25 answers that went well.
 */
export class Throttle {
  private limit: number;
  private inFlight = 0;
  private successes = 0;
  private closedUntilMs = 0;
  private isStopped = false;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly mostInFlight: number,
    private readonly clock: Clock,
  ) {
    this.limit = mostInFlight;
  }

  /** Runs `request` as soon as there is room and no wait that the server asked for is left. */
  async run<T>(request: () => Promise<T>): Promise<T> {
    while (this.inFlight >= this.limit) {
      await new Promise<void>((resume) => this.waiting.push(resume));
    }
    this.inFlight++;
    try {
      this.refuseIfStopped();
      for (let leftMs = this.leftMs(); leftMs > 0; leftMs = this.leftMs()) {
        await this.clock.sleep(leftMs);
        this.refuseIfStopped();
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
    this.closedUntilMs = Math.max(
      this.closedUntilMs,
      this.clock.monotonicMs() + Math.min(waitMs, MAX_CLOSED_MS),
    );
  }

  /** An answer came that says nothing about limits. */
  speedUp(): void {
    this.successes++;
    if (this.limit < this.mostInFlight && this.successes >= SUCCESSES_PER_STEP) {
      this.limit++;
      this.successes = 0;
      this.wake();
    }
  }

  private refuseIfStopped(): void {
    if (this.isStopped) {
      throw new Error('a request had failed before this one was sent');
    }
  }

  private leftMs(): number {
    return this.closedUntilMs - this.clock.monotonicMs();
  }

  private wake(): void {
    for (let room = this.limit - this.inFlight; room > 0; room--) {
      this.waiting.shift()?.();
    }
  }
}
