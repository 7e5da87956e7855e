import type {Clock} from '../clock';
import {type HttpAnswer, type HttpClient, MOST_SILENCES, NetworkError} from './client';
import {type Wait, withRetries} from './retry';
import {unreachable} from './unreachable';

/** How patient a command is. */
export interface Patience {
  readonly maxTries: number;
  /** After this nothing is tried or waited for any more. */
  readonly withinMs: number;
  /** How long nothing may come of an answer. */
  readonly timeoutMs: number;
}

/** What the requests of a command need from outside. */
export interface RequestDeps {
  readonly clock: Clock;
  readonly log: {debug(message: string): void};
  /** Told of every wait. */
  readonly onWait: (wait: Wait) => void;
}

/** The requests of one command: each is told of, and none outlives the command's patience. */
export class Requests {
  readonly clock: Clock;
  private readonly deadlineMs: number;

  constructor(
    private readonly http: HttpClient,
    private readonly patience: Patience,
    private readonly deps: RequestDeps,
  ) {
    this.clock = deps.clock;
    this.deadlineMs = this.clock.monotonicMs() + patience.withinMs;
  }

  /**
   * One GET. The deadline holds even if the answer goes on a little at a time.
   * @throws Retry or Failure if no whole answer comes
   */
  async get(
    url: string,
    headers: Record<string, string>,
    timeoutMs = this.patience.timeoutMs,
  ): Promise<HttpAnswer> {
    const {clock, deadlineMs, deps} = this;
    const {host, pathname, search} = new URL(url);
    const startedMs = clock.monotonicMs();
    const tell = (how: string | number, traceId: string | string[] | undefined): void => {
      const ms = Math.round(clock.monotonicMs() - startedMs);
      // By which Atlassian finds the request again.
      const trace = traceId === undefined ? '' : `, trace id ${traceId.toString()}`;
      deps.log.debug(`GET ${pathname}${search}: ${how} in ${ms} ms${trace}`);
    };
    try {
      const leftMs = Math.max(1, deadlineMs - startedMs);
      const mostMs = Math.min(timeoutMs, leftMs / MOST_SILENCES);
      const answer = await this.http.get(url, headers, mostMs);
      tell(answer.status, answer.headers['atl-traceid'] ?? answer.headers['x-trace-id']);
      return answer;
    } catch (error) {
      tell(error instanceof NetworkError ? error.code : 'failed', undefined);
      throw error instanceof NetworkError ? unreachable(error, host) : error;
    }
  }

  /**
   * Calls `attempt` until it returns, or throws anything but Retry.
   * @param answeredMs by the monotonic clock: when the server last answered anybody well
   * @throws Failure the last attempt's, with what was tried
   */
  retrying<T>(attempt: () => Promise<T>, answeredMs = (): number => 0): Promise<T> {
    const policy = {maxTries: this.patience.maxTries, deadlineMs: this.deadlineMs};
    return withRetries(attempt, {...this.deps, policy, answeredMs});
  }
}
