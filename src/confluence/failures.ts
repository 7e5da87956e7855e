import {STATUS_CODES} from 'node:http';

import {Failure, type FailureKind, type Remedy, Retry} from '../errors';
import type {HttpAnswer} from '../http/client';
import {requestedWaitMs} from '../http/retry-timing';
import {describeAnswer, unexpected, type Words, wordsOf} from './answers';

/** An answer that is not 200, as the table reads it. */
interface Refusal extends Words {
  readonly status: number;
  /** The wait that the server asks for, ms. */
  readonly waitMs: number | undefined;
  /** A proxy or an edge of Atlassian's says that it made the answer, or when to come back. */
  readonly isPassing: boolean;
}

/** A kind of refusal: what it is, and what may mend it. */
interface Row {
  readonly when: (refusal: Refusal) => boolean;
  /** 'access' unless it is said. */
  readonly kind?: FailureKind;
  /** `{status}` and `{words}` stand for what came. */
  readonly message: string;
  /** Without one, a 401, 403 or 404 may be passing, and all else is for good. */
  readonly remedy?: (refusal: Refusal) => Remedy | undefined;
}

const SCOPE = 'read:audit-log:confluence';
const TOKENS = 'https://id.atlassian.com/manage-profile/security/api-tokens';
const SHOWN = 'https://<your site>.atlassian.net/_edge/tenant_info shows it';

/**
 * Amid good answers Atlassian's edge gives passing 401s, 403s and 404s under load; they are gone within
 * about a minute (measured on a live site; they carry `x-cache: Error from cloudfront`).
 */
const PASSING: Remedy = {delaysMs: [5_000, 25_000]};

/**
 * The first row that fits decides; what fits none is unexpected. A status is not a verdict: a 403 is one
 * only in the words of Confluence or of the gateway.
 */
const ROWS: readonly Row[] = [
  // developer.atlassian.com/cloud/confluence/rate-limiting
  {
    when: ({status}) => status === 429,
    kind: 'unavailable',
    message:
      'Atlassian limits the rate of requests (HTTP 429). If that goes on, sync less often or at another hour.',
    remedy: ({waitMs}) => ({waitMs, isToldToWait: true, isRateLimited: true}),
  },
  // The body of a site that nobody has used, as reported of live sites in 2026
  {
    when: says(503, /SUSPENDED_INACTIVITY/),
    message:
      'This Atlassian site is suspended, since nobody used it for long. An administrator can open it again at https://admin.atlassian.com.',
  },
  // Heavy answers end in 502 and 504 until `limit` is lowered: airbytehq/airbyte#32004, #52059, #54654.
  // A 503 with a hint is a limit: developer.atlassian.com/cloud/confluence/rate-limiting
  {
    when: ({status}) => [408, 413, 425].includes(status) || status >= 500,
    kind: 'unavailable',
    message:
      'Atlassian is not available: {status}, {words}. See https://status.atlassian.com and try again later.',
    remedy: ({status, waitMs}) => ({
      waitMs,
      isToldToWait: status === 503 && waitMs !== undefined,
      ...([413, 502, 504].includes(status) && {isHeavy: 'perhaps'}),
    }),
  },
  // A parameter that is not taken, in words: brekkylab/backlot#217, #271. `limit` "may be restricted by
  // fixed system limits": the API's documentation
  {
    when: (refusal) => refusal.status === 400 && refusal.isSpoken,
    kind: 'unexpected',
    message: 'Confluence does not accept the request ({status}): {words}. Please report this.',
    remedy: ({text}) => (/\blimit\b/i.test(text) ? {isHeavy: 'surely'} : undefined),
  },
  // Captured in kovetskiy/mark#917; a path of another tenant gets the same words
  {
    when: says(401, /scope does not match/i),
    message: `The API token lacks the scope ${SCOPE}, or the Cloud ID is another site's. Make a token with that scope at ${TOKENS}, and check the Cloud ID: ${SHOWN}.`,
  },
  // A token that is wrong, revoked or expired gets any of the three, measured on live sites:
  // mozilla/markfluence docs/confluence/api.md, brekkylab/backlot#123
  {
    when: (refusal) =>
      refusal.status === 401 ||
      spoken(403, /cannot access confluence|not permitted to use confluence/i)(refusal),
    message: `Atlassian refused the API token: make a new one with the scope ${SCOPE} at ${TOKENS}, since it is wrong, was revoked or has run out (every token has expired after a year at most), or correct the email, which has to be its owner's. If both are right, this account has lost its access to Confluence.`,
  },
  // Captured in airbytehq/airbyte#23862
  {
    when: spoken(403, /free edition/i),
    message:
      'This Confluence site is on the Free plan, which has no audit log. Standard, Premium and Enterprise have one.',
  },
  // support.atlassian.com, page 1384133808
  {
    when: spoken(403, /ip address has been rejected|not on the allowed list|ip allowlist/i),
    message:
      'The IP allowlist of this Atlassian organization does not let this machine in. Add its address at https://admin.atlassian.com, or give the connector a proxy whose address is on the list.',
  },
  // The API's documentation has the status only: the words are whatever is said of the permission
  {
    when: spoken(403, /administrator|\badmin\b|permission/i),
    message:
      'This account is not a Confluence administrator, and only administrators may read the audit log. Give it the global permission Confluence Administrator, or use the token of an account that has it. What came: {words}.',
  },
  // Pages and headers of an edge, passing: NousResearch/hermes-agent#70566
  {
    when: ({status, isSpoken, isPassing}) => status === 403 && (!isSpoken || isPassing),
    kind: 'unavailable',
    message:
      'Something in front of Confluence refuses requests (HTTP 403): {words}. If that goes on, look at proxies and firewalls on the way.',
    remedy: ({waitMs}) => ({waitMs}),
  },
  {
    when: ({status}) => status === 403,
    message:
      'Atlassian refuses access to the audit log (HTTP 403): {words}. Check the account, its permission Confluence Administrator, and its token.',
  },
  // terraform-provider-atlassian-operations#66
  {
    when: ({status}) => status === 404,
    message: `There is no Confluence at this cloud id. Check the Cloud ID: ${SHOWN}.`,
  },
];

/**
 * What an answer that is not 200 means.
 * @param isWarm an earlier request of this sync has had its answer
 * @returns Retry if another try may help, Failure if not
 */
export function judge(answer: HttpAnswer, isWarm: boolean, localNowMs: number): Retry | Failure {
  const {status, headers} = answer;
  const {server, 'x-cache': cache} = headers;
  const isPassing =
    'cf-ray' in headers ||
    'retry-after' in headers ||
    /^error from/i.test(String(cache)) ||
    /cloudfront/i.test(String(server));
  const waitMs = requestedWaitMs(headers, localNowMs);
  const refusal = {...wordsOf(answer), status, waitMs, isPassing};
  const row = ROWS.find(({when}) => when(refusal));
  if (!row) {
    return unexpected(answer, named(status));
  }
  const {kind = 'access'} = row;
  const message = row.message
    .replace('{status}', named(status))
    .replace('{words}', () => refusal.excerpt);
  const failure = new Failure(kind, message, {detail: describeAnswer(answer)});
  const usual = kind === 'access' && status < 500 ? PASSING : undefined;
  const remedy = row.remedy ? row.remedy(refusal) : usual;
  return remedy && (isWarm || !remedy.delaysMs) ? new Retry(failure, remedy) : failure;
}

function says(status: number, pattern: RegExp): Row['when'] {
  return (refusal) => refusal.status === status && pattern.test(refusal.text);
}

/** In words, and not on a page that something in front of Confluence has made. */
function spoken(status: number, pattern: RegExp): Row['when'] {
  return (refusal) => refusal.isSpoken && says(status, pattern)(refusal);
}

function named(status: number): string {
  return `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}
