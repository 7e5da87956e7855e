import {STATUS_CODES} from 'node:http';

import {Failure, type FailureKind} from '../errors';
import type {HttpAnswer} from '../http/client';
import {type Remedy, Retry} from '../http/retry';
import {requestedWaitMs} from '../http/retry-timing';
import {describeAnswer, type Words, wordsOf} from './words';

/** An answer that is not 200, as the table reads it. */
interface Refusal extends Words {
  readonly status: number;
  /** The wait that the server asks for, ms. */
  readonly waitMs: number | undefined;
  /** A proxy or an edge of Atlassian's says that it made the answer. */
  readonly isByEdge: boolean;
}

/** A kind of refusal: what it is, and what may mend it (nothing, if it does not say). */
interface Row {
  readonly when: (refusal: Refusal) => boolean;
  readonly kind: FailureKind;
  readonly message: string | ((refusal: Refusal) => string);
  readonly remedy?: (refusal: Refusal) => Remedy;
}

const SCOPE = 'read:audit-log:confluence';
const TOKENS = 'https://id.atlassian.com/manage-profile/security/api-tokens';
const CLOUD_ID = 'https://<your site>.atlassian.net/_edge/tenant_info shows it';
const DEAD_TOKEN = `Atlassian refuses the API token: make a new one with the scope ${SCOPE} at ${TOKENS}, since it is wrong, was revoked or has run out (tokens last at most a year), or correct the email, which has to be its owner's. If both are right, this account has lost its access to Confluence.`;

const isOneOf =
  (...statuses: number[]) =>
  ({status}: Refusal): boolean =>
    statuses.includes(status);
const says =
  (status: number, pattern: RegExp) =>
  (refusal: Refusal): boolean =>
    refusal.status === status && pattern.test(refusal.text);

/**
 * The first row that fits decides. A status is no verdict by itself: a 403 is one only in the words of
 * Confluence or of the gateway. Each row has its source after it.
 */
const ROWS: readonly Row[] = [
  // Atlassian's rate limits, developer.atlassian.com/cloud/confluence/rate-limiting
  {
    when: isOneOf(429),
    kind: 'unavailable',
    message:
      'Atlassian limits the rate of requests (HTTP 429). If that goes on, sync less often or at another hour.',
    remedy: ({waitMs}) => ({waitMs, isToldToWait: true, isRateLimited: true}),
  },
  // A site that nobody has used for long: brekkylab/backlot#134
  {
    when: says(503, /SUSPENDED_INACTIVITY/),
    kind: 'access',
    message:
      'This Atlassian site is suspended, since nobody has used it for long. An administrator of it can open it again at https://admin.atlassian.com.',
  },
  // The same page as the first row's: transient 5xx may carry Retry-After
  {
    when: ({status, waitMs}) => status === 503 && waitMs !== undefined,
    kind: 'unavailable',
    message: sayUnavailable,
    remedy: ({waitMs}) => ({waitMs, isToldToWait: true}),
  },
  // Heavy answers end so until `limit` is lowered: airbytehq/airbyte#32004, #52059, #54654
  {
    when: isOneOf(502, 504),
    kind: 'unavailable',
    message: sayUnavailable,
    remedy: ({waitMs}) => ({waitMs, isHeavy: 'perhaps'}),
  },
  {
    when: isOneOf(413),
    kind: 'unavailable',
    message: sayUnavailable,
    remedy: ({waitMs}) => ({waitMs, isHeavy: 'surely'}),
  },
  // RFC 9110 15.5.9 and 15.6, RFC 8470 5.2
  {
    when: ({status}) => status === 408 || status === 425 || status >= 500,
    kind: 'unavailable',
    message: sayUnavailable,
    remedy: ({waitMs}) => ({waitMs}),
  },
  // "maximum number of records … may be restricted by fixed system limits": the API's documentation
  {
    when: says(400, /\blimit\b/i),
    kind: 'unexpected',
    message: quoteBadRequest,
    remedy: () => ({isHeavy: 'surely'}),
  },
  // A parameter that is not taken: brekkylab/backlot#217, #271
  {
    when: (refusal) => refusal.status === 400 && isSpoken(refusal),
    kind: 'unexpected',
    message: quoteBadRequest,
  },
  // Captured in kovetskiy/mark#917; a path of another tenant's gets the same words
  {
    when: says(401, /scope does not match/i),
    kind: 'access',
    message: `The API token lacks the scope ${SCOPE}, or the Cloud ID is another site's. Make a token with that scope at ${TOKENS}, and check the Cloud ID: ${CLOUD_ID}.`,
    remedy: passing,
  },
  {when: isOneOf(401), kind: 'access', message: DEAD_TOKEN, remedy: passing},
  // Wrong, revoked and expired tokens alike, measured: mozilla/markfluence docs/confluence/api.md
  {
    when: says(403, /cannot access confluence|not permitted to use confluence/i),
    kind: 'access',
    message: DEAD_TOKEN,
    remedy: passing,
  },
  // Captured in airbytehq/airbyte#23862
  {
    when: says(403, /free edition/i),
    kind: 'access',
    message:
      'This Confluence site is on the Free plan, which has no audit log. Standard, Premium and Enterprise have one.',
    remedy: passing,
  },
  // support.atlassian.com, page 1384133808
  {
    when: says(403, /ip address.*(allow|rejected|block)|allowlist/i),
    kind: 'access',
    message:
      'The address of this machine is not on the IP allowlist of this Atlassian organization. Add it there (https://admin.atlassian.com, Security, IP allowlists), or let the connector go out through a proxy whose address is on it.',
    remedy: passing,
  },
  // The API's documentation has the status only; the words are any of Confluence's on the permission
  {
    when: (refusal) => isSpoken(refusal) && says(403, /administrat|\badmin\b|permission/i)(refusal),
    kind: 'access',
    message:
      'This account is not a Confluence administrator, and only administrators may read the audit log. Give it the global permission Confluence Administrator, or use the token of an account that has it.',
    remedy: passing,
  },
  // Passing ones with HTML or an edge's header: NousResearch/hermes-agent#70566
  {
    when: (refusal) =>
      refusal.status === 403 &&
      (!isSpoken(refusal) || refusal.isByEdge || refusal.waitMs !== undefined),
    kind: 'unavailable',
    message: ({excerpt}) =>
      `Something in front of Confluence refuses requests (HTTP 403): ${excerpt}. It may pass. If that goes on, look at proxies and firewalls on the way.`,
    remedy: ({waitMs}) => ({waitMs}),
  },
  {
    when: isOneOf(403),
    kind: 'access',
    message: ({excerpt}) =>
      `Atlassian refuses access to the audit log (HTTP 403): ${excerpt}. Check the account, its permission Confluence Administrator and its token.`,
    remedy: passing,
  },
  // The API's documentation
  {
    when: isOneOf(404),
    kind: 'access',
    message: `There is no Confluence at this cloud id. Check the Cloud ID: ${CLOUD_ID}.`,
    remedy: passing,
  },
];

/**
 * Atlassian's edge produces passing 401s, 403s and 404s under load, between answers that are good; they
 * were gone within about a minute (measured: mozilla/markfluence docs/confluence/api.md).
 */
function passing(): Remedy {
  return {delaysMs: [5_000, 25_000]};
}

/**
 * What an answer that is not 200 means.
 * @param isWarm an earlier request of this sync has had its answer
 * @returns Retry if another try may help, Failure if not
 */
export function judge(answer: HttpAnswer, isWarm: boolean, localNowMs: number): Retry | Failure {
  const refusal = read(answer, localNowMs);
  const row = ROWS.find(({when}) => when(refusal));
  if (!row) {
    return unexpected(answer, named(refusal.status));
  }
  const message = typeof row.message === 'string' ? row.message : row.message(refusal);
  const failure = new Failure(row.kind, message, {detail: describeAnswer(answer)});
  const remedy = row.remedy?.(refusal);
  return remedy && (isWarm || !remedy.delaysMs) ? new Retry(failure, remedy) : failure;
}

/** Something other than an audit log came: `what` names it. */
export function unexpected(answer: HttpAnswer, what: string): Failure {
  return new Failure(
    'unexpected',
    `Something answered that is not the Confluence audit log: ${what} ${describeAnswer(answer)}. If a proxy or a login stands between this machine and Atlassian, it has to let the connector through; if not, please report this.`,
  );
}

function read(answer: HttpAnswer, localNowMs: number): Refusal {
  const {status, headers} = answer;
  const {server, 'x-cache': cache, 'cf-ray': ray} = headers;
  const isByEdge =
    ray !== undefined || /error from/i.test(String(cache)) || /cloudfront/i.test(String(server));
  return {...wordsOf(answer), status, waitMs: requestedWaitMs(headers, localNowMs), isByEdge};
}

/** Whether it is in words, and not a page that something else has made. */
function isSpoken({text, isHtml}: Refusal): boolean {
  return text !== '' && !isHtml;
}

function sayUnavailable({status}: Refusal): string {
  return `Atlassian is not available: ${named(status)}. See https://status.atlassian.com and try again later.`;
}

function quoteBadRequest({excerpt}: Refusal): string {
  return `Confluence does not accept the request (${named(400)}): ${excerpt}. Please report this.`;
}

function named(status: number): string {
  return `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}
