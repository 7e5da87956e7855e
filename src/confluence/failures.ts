import {STATUS_CODES} from 'node:http';

import {Failure, type FailureKind} from '../errors';
import type {HttpAnswer} from '../http/client';
import {Retry} from '../http/retry';
import {requestedWaitMs} from '../http/retry-timing';

/** How a status is taken. Confluence's texts: facts/confluence-api.md, section 5. */
interface Reading {
  readonly status: number;
  /** Only if the body matches. */
  readonly body?: RegExp;
  readonly kind: FailureKind;
  readonly message: string;
}

const SCOPE = 'read:audit-log:confluence';
const TOKENS = 'https://id.atlassian.com/manage-profile/security/api-tokens';

/** The first row that fits decides; what fits none is transient (408, 425, 429, 5xx) or unexpected. */
const READINGS: readonly Reading[] = [
  {
    status: 401,
    body: /scope does not match/i,
    kind: 'access',
    message: `The API token lacks the scope ${SCOPE}. Make a token with that scope at ${TOKENS} and put it into the settings.`,
  },
  {
    status: 401,
    kind: 'access',
    message: `Atlassian refused the email or the API token: one of them is wrong, or the token has expired (tokens last at most a year). Check the email, or make a new token with the scope ${SCOPE} at ${TOKENS}.`,
  },
  {
    status: 403,
    body: /free edition/i,
    kind: 'access',
    message:
      'This Confluence site is on the Free plan, which has no audit log. Standard, Premium and Enterprise have one.',
  },
  {
    status: 403,
    body: /not permitted to use confluence/i,
    kind: 'access',
    message:
      'This account may not use Confluence on this site. Give it access to Confluence and make it a Confluence administrator.',
  },
  {
    status: 403,
    kind: 'access',
    message:
      'This account is not a Confluence administrator, and only administrators may read the audit log. Give it the global permission Confluence Administrator, or use the token of an account that has it.',
  },
  {
    status: 404,
    kind: 'access',
    message:
      'There is no Confluence at this cloud id. Check the Cloud ID: https://<your site>.atlassian.net/_edge/tenant_info shows it.',
  },
];

/** Atlassian's edge produces passing ones under load; they were gone within about a minute. */
const PASSING_STATUSES = new Set([403, 404]);
const PASSING_DELAYS_MS = [5_000, 25_000];
const TRANSIENT_STATUSES = new Set([408, 425, 429]);

/**
 * Takes an answer that is not 200 for what it is.
 * @param isWarm an earlier request of this sync has had its answer
 * @throws Retry if it may pass, Failure if it will not
 */
export function refuse(answer: HttpAnswer, isWarm: boolean, localNowMs: number): never {
  const {status} = answer;
  retryIfTransient(answer, localNowMs);
  const text = answer.body.toString('utf8');
  const reading = READINGS.find((row) => row.status === status && (row.body?.test(text) ?? true));
  if (!reading) {
    throw unexpected(answer, named(status));
  }
  const failure = new Failure(reading.kind, reading.message, {detail: describe(answer)});
  if (isWarm && PASSING_STATUSES.has(status)) {
    throw new Retry(failure, {delaysMs: PASSING_DELAYS_MS});
  }
  throw failure;
}

/** @throws Retry if the status says that another try may help, whatever was asked for */
export function retryIfTransient(answer: HttpAnswer, localNowMs: number): void {
  const {status, headers} = answer;
  if (TRANSIENT_STATUSES.has(status) || status >= 500) {
    throw new Retry(unavailable(answer), {
      waitMs: requestedWaitMs(headers, localNowMs),
      isRateLimited: status === 429,
    });
  }
}

function unavailable(answer: HttpAnswer): Failure {
  const {status} = answer;
  const message =
    status === 429
      ? 'Atlassian limits the rate of requests (HTTP 429). If that goes on, sync less often or at another hour.'
      : `Atlassian is not available: ${named(status)}. See https://status.atlassian.com and try again later.`;
  return new Failure('unavailable', message, {detail: describe(answer)});
}

function named(status: number): string {
  return `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}

/** Something other than an audit log came: `what` names it. */
export function unexpected(answer: HttpAnswer, what: string): Failure {
  return new Failure(
    'unexpected',
    `Something answered that is not the Confluence audit log: ${what} ${describe(answer)}. If a proxy or a login stands between this machine and Atlassian, it has to let the connector through; if not, please report this.`,
  );
}

/** What came, for a developer: type, size and the start of a text; of a page only its title. */
function describe({status, headers, body}: HttpAnswer): string {
  const type = headers['content-type'] ?? 'no content type';
  const text = startOf(body.subarray(0, 8192).toString('utf8'), 4096);
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1];
  const excerpt = /<html|<!doctype/i.test(text)
    ? `a page titled "${startOf((title ?? '').trim(), 300)}"`
    : JSON.stringify(startOf(text, 300));
  const location = headers.location === undefined ? '' : `, pointing to ${headers.location}`;
  return `(${status}, ${type}, ${body.length} bytes${location}: ${excerpt})`;
}

/** No more than `length` characters, and no word that is cut in two: half a secret would not be masked. */
function startOf(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[^\s"',;|<>(){}[\]]*$/, '…');
}
