import type {Clock} from '../clock';
import type {Config} from '../config';
import {Failure} from '../errors';
import {type HttpAnswer, type HttpClient, NetworkError} from '../http/client';
import {Retry, type RetryPolicy, type Wait, withRetries} from '../http/retry';
import {unreachable} from '../http/unreachable';
import {judge} from './failures';
import {unexpected} from './words';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What the look-up needs from outside. */
export interface TenantDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly policy: RetryPolicy;
  readonly timeoutMs: number;
  readonly observer: {onWait(wait: Wait): void};
}

/**
 * The cloud id of the tenant that the settings name. A site is looked up at its public
 * `/_edge/tenant_info`, without credentials
 * (support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id).
 * @throws Failure if there is no such site, or nobody answers
 */
export function resolveCloudId(
  {tenant, apiUrl, isLoopback}: Config,
  deps: TenantDeps,
): Promise<string> {
  const {site} = tenant;
  if (site === undefined) {
    return Promise.resolve(tenant.cloudId);
  }
  const url = `${isLoopback ? apiUrl : `https://${site}`}/_edge/tenant_info`;
  const {policy, clock, observer} = deps;
  return withRetries(() => lookUp(url, site, deps), {
    policy,
    clock,
    onWait: (wait) => observer.onWait(wait),
  });
}

async function lookUp(
  url: string,
  site: string,
  {http, clock, timeoutMs}: TenantDeps,
): Promise<string> {
  let answer: HttpAnswer;
  try {
    answer = await http.get(url, {Accept: 'application/json'}, timeoutMs);
  } catch (error) {
    throw error instanceof NetworkError ? unreachable(error, site) : error;
  }
  const {status} = answer;
  if (status === 404 || (status >= 300 && status < 400)) {
    throw noSuchSite(site);
  }
  const verdict = status === 200 ? undefined : judge(answer, false, clock.now());
  if (verdict instanceof Retry) {
    throw verdict;
  }
  const cloudId = verdict ? undefined : readCloudId(answer);
  if (cloudId === undefined) {
    throw unexpected(answer, `${site} gave no cloud id`);
  }
  return cloudId;
}

function noSuchSite(site: string): Failure {
  return new Failure(
    'access',
    `There is no Atlassian site ${site}. Check the Cloud ID: it takes the cloud id itself or the address of your site.`,
  );
}

function readCloudId({body}: HttpAnswer): string | undefined {
  try {
    const {cloudId} = JSON.parse(body.toString('utf8')) as {cloudId?: unknown};
    return typeof cloudId === 'string' && UUID.test(cloudId) ? cloudId.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}
