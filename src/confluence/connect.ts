import type {Clock} from '../clock';
import type {Config} from '../config';
import {type HttpClient, MOST_SILENCES, NetworkError} from '../http/client';
import type {Wait} from '../http/retry';
import {MOST_IN_FLIGHT, Throttle} from '../http/throttle';
import {AuditApi} from './audit-api';
import type {Drift} from './record-id';
import {resolveCloudId} from './tenant';

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

/** Told what goes on below. */
export interface Observer {
  onWait(wait: Wait): void;
  onExchange(exchange: Exchange): void;
  /** Once at most. */
  onDrift(drift: Drift): void;
}

/** A tenant, and the way to its audit log. */
export interface Connection {
  readonly cloudId: string;
  readonly api: AuditApi;
}

export interface ConnectDeps {
  readonly clock: Clock;
  readonly observer: Observer;
  readonly createHttpClient: () => HttpClient;
}

/**
 * Puts together what a command needs to talk to Confluence; looks the tenant up if the settings name a site.
 * @throws Failure if there is no such site, nobody answers, or the proxy settings cannot be used
 */
export async function connect(
  config: Config,
  {maxTries, withinMs, timeoutMs}: Patience,
  {clock, observer, createHttpClient}: ConnectDeps,
): Promise<Connection> {
  const policy = {maxTries, deadlineMs: clock.monotonicMs() + withinMs};
  const client = endBy(policy.deadlineMs, createHttpClient(), clock);
  const http = tellEach(client, clock, observer);
  const deps = {http, clock, policy, timeoutMs, observer};
  const cloudId = await resolveCloudId(config, deps);
  const throttle = new Throttle(MOST_IN_FLIGHT, clock);
  return {cloudId, api: new AuditApi(config, cloudId, {...deps, throttle})};
}

/** No request outlives the deadline, even if its answer goes on a little at a time. */
function endBy(deadlineMs: number, http: HttpClient, clock: Clock): HttpClient {
  return {
    get: (url, headers, timeoutMs) => {
      const leftMs = Math.max(1, deadlineMs - clock.monotonicMs());
      return http.get(url, headers, Math.min(timeoutMs, leftMs / MOST_SILENCES));
    },
  };
}

/** Tells `observer` of each request. */
function tellEach(http: HttpClient, clock: Clock, observer: Observer): HttpClient {
  return {
    get: async (url, headers, timeoutMs) => {
      const {pathname, search} = new URL(url);
      const startedMs = clock.monotonicMs();
      const tell = (status: number | string, traceId?: string): void => {
        const ms = Math.round(clock.monotonicMs() - startedMs);
        observer.onExchange({path: pathname + search, status, ms, traceId});
      };
      try {
        const answer = await http.get(url, headers, timeoutMs);
        const {'atl-traceid': traceId, 'x-trace-id': otherId} = answer.headers;
        tell(answer.status, (traceId ?? otherId)?.toString());
        return answer;
      } catch (error) {
        tell(error instanceof NetworkError ? error.code : 'failed');
        throw error;
      }
    },
  };
}
