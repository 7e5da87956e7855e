import type {Clock} from '../clock';
import {Failure} from '../errors';
import {backoffMs, jitterMs} from './retry-timing';

/** A wait that a server asks for and that is longer than this is a failure at once. */
const MAX_WAIT_MS = 15 * 60_000;

/** Thrown by an attempt that may be repeated: what it is if repeating does not mend it, and when to come back. */
export class Retry extends Error {
  constructor(
    readonly failure: Failure,
    readonly hint: {
      /** The wait that the server asked for. */
      readonly waitMs?: number | undefined;
      readonly isRateLimited?: boolean;
      /** Waits instead of the policy's; when they are used up the failure counts. */
      readonly delaysMs?: readonly number[];
    } = {},
  ) {
    super(failure.message);
  }
}

export interface RetryPolicy {
  readonly maxTries: number;
  /** Local time (Clock.now) after which no further try is made. */
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

/**
 * Calls `attempt` until it returns, or throws anything but Retry. `onWait` is told of every wait.
 * @throws Failure the last attempt's, with what was tried
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  clock: Clock,
  onWait: (wait: Wait) => void,
): Promise<T> {
  const startedMs = clock.now();
  let delays = 0;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof Retry)) {
        throw thrown;
      }
      const {failure, hint} = thrown;
      const ms = hint.delaysMs
        ? (hint.delaysMs[delays++] ?? '')
        : nextWaitMs(hint.waitMs, tries, policy, clock);
      if (typeof ms === 'string') {
        const seconds = Math.round((clock.now() - startedMs) / 1000);
        const times = tries === 1 ? 'once' : `${tries} times within ${seconds} s`;
        throw new Failure(failure.kind, `${failure.message} Tried ${times}${ms}.`, {
          cause: failure,
          ...(failure.detail !== undefined && {detail: failure.detail}),
        });
      }
      onWait({ms, tries, failure, isRateLimited: hint.isRateLimited ?? false});
      await clock.sleep(ms);
    }
  }
}

/** The wait before the next try, or why there is none. */
function nextWaitMs(
  requestedMs: number | undefined,
  tries: number,
  policy: RetryPolicy,
  clock: Clock,
): number | string {
  if (tries >= policy.maxTries) {
    return '';
  }
  if (requestedMs !== undefined && requestedMs > MAX_WAIT_MS) {
    return `; the server asks to come back in ${Math.round(requestedMs / 60_000)} minutes, and 15 are the most this connector waits`;
  }
  const ms =
    requestedMs === undefined
      ? backoffMs(tries, clock.random())
      : jitterMs(requestedMs, clock.random());
  return clock.now() + ms > policy.deadlineMs ? '; there is no time for another try' : ms;
}
