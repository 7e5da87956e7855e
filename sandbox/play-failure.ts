import {
  type Answer,
  confluenceError,
  freePlan,
  gatewayError,
  notAdministrator,
  scopeMismatch,
} from './error-bodies';
import type {Intercept, SandboxRequest} from './options';
import {sendAnswer} from './send-answer';

/** Which requests a failure takes the place of, counted from its start. */
export interface FailureTimes {
  /** So many are answered well before it. */
  after: number;
  /** So many fail; without an end: Infinity. */
  times: number;
}

/**
 * What Confluence, the gateway or something in front of them answers when it does not answer well.
 * Wordings are captured or measured by others where `error-bodies.ts` or a comment here says so.
 */
const ANSWERS = {
  '401': () => gatewayError(401, 'Unauthorized'),
  '401 scope': scopeMismatch,
  // A Basic value that the site cannot parse, and a scoped token on the site's own host.
  '401 html': () => html(401, 'HTTP Status 401 – Unauthorized'),
  // Measured on live sites in 2026 for tokens that are wrong, revoked or have run out.
  '403 token': () => confluenceError(403, 'caller cannot access Confluence'),
  // The same, and what an account without Confluence gets (captured).
  '403 account': () => confluenceError(403, 'Current user not permitted to use Confluence'),
  '403 admin': notAdministrator,
  '403 free': freePlan,
  // Atlassian's words; the status is not given with them.
  '403 allowlist': () =>
    confluenceError(
      403,
      "The IP address has been rejected because it is not on the allowed list of your organization's policy.",
    ),
  '403 unknown': () => confluenceError(403, 'This request was declined for reasons of its own.'),
  '403 edge': () => ({
    ...html(403, 'ERROR: The request could not be satisfied'),
    headers: {...HTML, Server: 'CloudFront', 'X-Cache': 'Error from cloudfront'},
  }),
  '403 empty': () => empty(403),
  '403 wait': () => ({
    ...confluenceError(403, 'Too many requests.'),
    headers: {'Retry-After': '3'},
  }),
  '404': () => gatewayError(404, 'Not Found'),
  '410': () =>
    confluenceError(
      410,
      'com.atlassian.confluence.api.service.exceptions.pagesmodes.GoneException: ' +
        'This deprecated endpoint has been removed.',
    ),
  '429': () => limited({'Retry-After': '3'}),
  '429 date': (now) => limited({'Retry-After': new Date(now + 3000).toUTCString()}),
  // To the minute, as Atlassian writes it: so up to 59 s early.
  '429 reset': (now) =>
    limited({'X-RateLimit-Reset': `${new Date(now + 60_000).toISOString().slice(0, 16)}Z`}),
  '429 zero': () => limited({'Retry-After': '0'}),
  '429 hour': () => limited({'Retry-After': '3600'}),
  '429 bare': () => limited({}),
  '500': () => confluenceError(500, 'Internal Server Error'),
  '502 html': () => html(502, '502 Bad Gateway'),
  '503': () => empty(503),
  '503 wait': () => ({...empty(503), headers: {'Retry-After': '3'}}),
  // Answers that are too heavy stay so until `limit` is lowered.
  '504 heavy': (_now, {params}) =>
    Number(params.limit ?? 1000) > 100 ? html(504, '504 Gateway Time-out') : undefined,
  suspended: () => ({
    ...confluenceError(503, 'The site is suspended.'),
    body: [Buffer.from('{"errorCode":"SUSPENDED_INACTIVITY","message":"The site is suspended."}')],
  }),
  login: () => html(200, 'Log in with Atlassian account'),
  redirect: () => ({...empty(302), headers: {Location: 'https://id.atlassian.com/login'}}),
  'unknown site': () => html(404, 'Your Atlassian Cloud site is currently unavailable.'),
} satisfies Record<string, (now: number, request: SandboxRequest) => Answer | undefined>;

export type FailureName = keyof typeof ANSWERS;

export const FAILURE_NAMES = Object.keys(ANSWERS).sort() as FailureName[];

/**
 * A script for `SandboxBehaviour.intercept`. All but `unknown site` fail the audit endpoint and leave
 * the look-up of the tenant alone.
 */
export function playFailure(
  name: FailureName,
  now: () => number,
  {after, times}: FailureTimes = {after: 0, times: Number.POSITIVE_INFINITY},
): Intercept {
  const isConcerned = ({path}: SandboxRequest): boolean =>
    (path === '/_edge/tenant_info') === (name === 'unknown site');
  const answer: (now: number, request: SandboxRequest) => Answer | undefined = ANSWERS[name];
  let asked = 0;
  return async (request, response) => {
    if (!isConcerned(request)) return false;
    asked += 1;
    const played = asked > after && asked <= after + times ? answer(now(), request) : undefined;
    if (!played) return false;
    await sendAnswer(response, played, request.headers, false);
    return true;
  };
}

const HTML = {'Content-Type': 'text/html; charset=utf-8'};

function html(status: number, title: string): Answer {
  const page = `<!DOCTYPE html><html><head><title>${title}</title></head><body>${title}</body></html>`;
  return {status, body: [Buffer.from(page)], headers: HTML};
}

function empty(status: number): Answer {
  return {status, body: []};
}

/** The reason is one of Atlassian's; the body's text is made up, no source has one. */
function limited(hint: Record<string, string>): Answer {
  return {
    ...gatewayError(429, 'Rate limit exceeded'),
    headers: {'RateLimit-Reason': 'confluence-burst-based', ...hint},
  };
}
