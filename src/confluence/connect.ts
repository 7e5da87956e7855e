import {type Config, UUID} from '../config';
import {Failure, Retry} from '../errors';
import {createHttpClient} from '../http/client';
import {type Patience, type RequestDeps, Requests} from '../http/requests';
import {oneLine} from '../words';
import {describeAnswer, readJson, unexpected} from './answers';
import {AuditApi} from './audit-api';
import {judge} from './failures';

/**
 * The way to a tenant's audit log; looks the tenant up if the settings name a site.
 * @throws Failure if there is no such site, or nobody answers
 */
export async function connect(
  config: Config,
  http = createHttpClient(),
  patience: Patience,
  deps: RequestDeps,
): Promise<AuditApi> {
  const requests = new Requests(http, patience, deps);
  const {cloudId, site} = config.tenant;
  const id = cloudId ?? (await requests.retrying(() => lookUp(site, config, requests)));
  return new AuditApi(config, id, requests, deps.log);
}

/**
 * The cloud id of a site, from its public `/_edge/tenant_info`, without credentials
 * (support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id).
 * @throws Failure if there is no such site; Failure or Retry if nobody answers
 */
async function lookUp(
  site: string,
  {apiUrl, isLoopback}: Config,
  requests: Requests,
): Promise<string> {
  const url = `${isLoopback ? apiUrl : `https://${site}`}/_edge/tenant_info`;
  const answer = await requests.get(url, {Accept: 'application/json'});
  const {status} = answer;
  if (status === 404 || (status >= 300 && status < 400)) {
    const {location} = answer.headers;
    const elsewhere = location === undefined ? '' : ` (it leads to ${oneLine(location)})`;
    throw new Failure(
      'access',
      `There is no Atlassian site ${site}${elsewhere}. Check the Cloud ID: it takes the cloud id itself or the address of your site.`,
      {detail: describeAnswer(answer)},
    );
  }
  const verdict = status === 200 ? undefined : judge(answer, false, requests.clock.now());
  if (verdict instanceof Retry || (verdict && status >= 500)) {
    throw verdict;
  }
  const what = `${site} gave no cloud id`;
  const {cloudId} = verdict ? {} : (Object(readJson(answer, what)) as {cloudId?: unknown});
  if (typeof cloudId !== 'string' || !UUID.test(cloudId)) {
    throw unexpected(answer, what);
  }
  return cloudId.toLowerCase();
}
