import type {Clock} from '../clock';
import {Failure} from '../errors';
import {backoffMs, jitterMs} from './retry-timing';

/** A wait that a server asks for and that is longer than this is a failure at once. */
const MAX_WAIT_MS = 15 * 60_000;

/** What may mend a failure. */
export interface Remedy {
  /** The wait that the server asked for. It raises the policy's and never lowers it. */
  readonly waitMs?: number | undefined;
  /** The server only tells to wait: that is no failed try, until it has gone on for MAX_WAIT_MS. */
  readonly isToldToWait?: boolean;
  readonly isRateLimited?: boolean;
  /** Waits instead of the policy's; when they are used up the failure counts. */
  readonly delaysMs?: readonly number[];
  /** What was asked for may be too heavy, or is, or is more than can be held: less of it may be answered. */
  readonly isHeavy?: 'perhaps' | 'surely' | 'by far';
}

/** Thrown by an attempt that may be repeated: what it is if repeating does not mend it, and what may. */
export class Retry extends Error {
  constructor(
    readonly failure: Failure,
    readonly remedy: Remedy = {},
  ) {
    super(failure.message);
  }
}

export interface RetryPolicy {
  readonly maxTries: number;
  /** By the monotonic clock: after this no further try is made. */
  readonly deadlineMs: number;
}

/** A wait before the next try. */
export interface Wait {
  readonly ms: number;
  /** The try that failed: 1, 2, … */
  readonly tries: number;
  readonly failure: Failure;
  readonly isRateLimited: boolean;
}

export interface RetryDeps {
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  /** Told of every wait. */
  readonly onWait: (wait: Wait) => void;
  /** By the monotonic clock: when the server last answered anybody well. */
  readonly answeredMs?: () => number;
}

/** How it has gone so far. */
interface Course {
  readonly startedMs: number;
  /** All that were made, those that count as failed, and those that followed `delaysMs`. */
  tries: number;
  failed: number;
  delayed: number;
}

/**
 * Calls `attempt` until it returns, or throws anything but Retry.
 * @throws Failure the last attempt's, with what was tried
 */
export async function withRetries<T>(attempt: () => Promise<T>, deps: RetryDeps): Promise<T> {
  const {clock, onWait} = deps;
  const course: Course = {startedMs: clock.monotonicMs(), tries: 0, failed: 0, delayed: 0};
  for (;;) {
    try {
      course.tries++;
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof Retry)) {
        throw thrown;
      }
      const {failure, remedy} = thrown;
      const ms = planWait(remedy, course, deps);
      if (typeof ms === 'string') {
        throw giveUp(failure, course, ms, clock);
      }
      onWait({
        ms,
        tries: course.tries,
        failure,
        isRateLimited: remedy.isRateLimited ?? false,
      });
      await clock.sleep(ms);
    }
  }
}

/** The wait before the next try, or why there is none: '' if there have been enough. */
function planWait(
  {waitMs: requestedMs, delaysMs, isToldToWait}: Remedy,
  course: Course,
  {policy, clock, answeredMs}: RetryDeps,
): number | string {
  if (delaysMs) {
    return delaysMs[course.delayed++] ?? '';
  }
  const nowMs = clock.monotonicMs();
  if (!isToldToWait) {
    course.failed++;
  }
  const heardMs = Math.max(course.startedMs, answeredMs?.() ?? 0);
  if (isToldToWait ? nowMs - heardMs >= MAX_WAIT_MS : course.failed >= policy.maxTries) {
    return '';
  }
  if (requestedMs !== undefined && requestedMs > MAX_WAIT_MS) {
    return `; the server asks to come back in ${Math.round(requestedMs / 60_000)} minutes, and 15 are the most this connector waits`;
  }
  const askedMs = requestedMs === undefined ? 0 : jitterMs(requestedMs, clock.random());
  const ms = Math.max(backoffMs(course.tries, clock.random()), askedMs);
  return nowMs + ms > policy.deadlineMs ? '; there is no time for another try' : ms;
}

function giveUp(failure: Failure, course: Course, why: string, clock: Clock): Failure {
  const seconds = Math.round((clock.monotonicMs() - course.startedMs) / 1000);
  const times = course.tries === 1 ? 'once' : `${course.tries} times within ${seconds} s`;
  return new Failure(failure.kind, `${failure.message} Tried ${times}${why}.`, {
    cause: failure,
    ...(failure.detail !== undefined && {detail: failure.detail}),
  });
}
