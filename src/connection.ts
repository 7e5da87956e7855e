import type {Clock} from './clock';
import type {Config} from './config';
import {AuditApi, type Exchange} from './confluence/audit-api';
import {resolveCloudId} from './confluence/tenant';
import {createHttpClient, type HttpClient} from './http/client';
import type {Wait} from './http/retry';
import {Throttle} from './http/throttle';
import {MOST_IN_FLIGHT} from './read-windows';

/** How patient a command is. */
export interface Patience {
  readonly maxTries: number;
  /** After this nothing is tried or waited for any more. */
  readonly withinMs: number;
  /** For one request, where that leaves it so much. */
  readonly timeoutMs: number;
}

/** Told what goes on below. */
export interface Observer {
  onWait(wait: Wait): void;
  onExchange(exchange: Exchange): void;
}

/** A tenant, and the way to its audit log. */
export interface Connection {
  readonly cloudId: string;
  readonly api: AuditApi;
}

/** Puts together what a command needs to talk to Confluence; looks the tenant up if the settings name a site. */
export async function connect(
  config: Config,
  {maxTries, withinMs, timeoutMs}: Patience,
  clock: Clock,
  observer: Observer,
): Promise<Connection> {
  const policy = {maxTries, deadlineMs: clock.now() + withinMs};
  const http = endBy(policy.deadlineMs, createHttpClient(config), clock);
  const parts = {http, clock, policy, timeoutMs, observer};
  const cloudId = await resolveCloudId(config, parts);
  const throttle = new Throttle(MOST_IN_FLIGHT, clock);
  return {cloudId, api: new AuditApi(config, cloudId, {...parts, throttle})};
}

/** No request outlives the deadline. */
function endBy(deadlineMs: number, http: HttpClient, clock: Clock): HttpClient {
  return {
    get: (url, headers, timeoutMs) => {
      const leftMs = Math.max(1, deadlineMs - clock.now());
      return http.get(url, headers, Math.min(timeoutMs, leftMs));
    },
  };
}
