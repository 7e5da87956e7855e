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

/** One request, whatever it was for, and how it went. */
export interface Exchange {
  /** With the query. */
  readonly path: string;
  /** Of the answer; what happened if there is none. */
  readonly status: number | string;
  readonly ms: number;
  /** By which Atlassian finds the request again, if the answer has one. */
  readonly traceId: string | undefined;
}

/** Told what goes on. */
export interface RequestObserver {
  onWait(wait: Wait): void;
  onExchange(exchange: Exchange): void;
}

/** The requests of one command: each is told of, and none outlives the command's patience. */
export class Requests {
  private readonly deadlineMs: number;

  constructor(
    private readonly http: HttpClient,
    readonly clock: Clock,
    private readonly patience: Patience,
    private readonly observer: RequestObserver,
  ) {
    this.deadlineMs = clock.monotonicMs() + patience.withinMs;
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
    const {host, pathname, search} = new URL(url);
    const startedMs = this.clock.monotonicMs();
    const leftMs = Math.max(1, this.deadlineMs - startedMs);
    const tell = (status: number | string, traceId?: string): void => {
      const ms = Math.round(this.clock.monotonicMs() - startedMs);
      this.observer.onExchange({path: pathname + search, status, ms, traceId});
    };
    try {
      const mostMs = Math.min(timeoutMs, leftMs / MOST_SILENCES);
      const answer = await this.http.get(url, headers, mostMs);
      const {'atl-traceid': traceId, 'x-trace-id': otherId} = answer.headers;
      tell(answer.status, (traceId ?? otherId)?.toString());
      return answer;
    } catch (error) {
      tell(error instanceof NetworkError ? error.code : 'failed');
      throw error instanceof NetworkError ? unreachable(error, host) : error;
    }
  }

  /**
   * Calls `attempt` until it returns, or throws anything but Retry.
   * @param answeredMs by the monotonic clock: when the server last answered anybody well
   * @throws Failure the last attempt's, with what was tried
   */
  retrying<T>(attempt: () => Promise<T>, answeredMs?: () => number): Promise<T> {
    const {clock, deadlineMs, observer} = this;
    return withRetries(attempt, {
      policy: {maxTries: this.patience.maxTries, deadlineMs},
      clock,
      onWait: (wait) => observer.onWait(wait),
      ...(answeredMs && {answeredMs}),
    });
  }
}
