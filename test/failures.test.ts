import {once} from 'node:events';
import {type AddressInfo, createServer} from 'node:net';

import {describe, expect, test} from '@jest/globals';

import {confluenceError, freePlan, gatewayError, scopeMismatch} from '../sandbox/error-bodies';
import type {Intercept, SandboxOptions} from '../sandbox/options';
import type {Sandbox} from '../sandbox/server';
import {
  answer,
  cutOff,
  cutOffGzip,
  damagedGzip,
  first,
  html,
  onAudit,
  pageOf,
  reset,
  silence,
} from './support/answers';
import {asSent, auditRequests, backfill, confluence, logOf} from './support/confluence';
import type {Run} from './support/connector';
import {assertExactly} from './support/exactly';
import {expectFailedCheck, expectFailedRead, type Expected} from './support/expect-failure';
import {read, type ResidentOptions, runConnector} from './support/resident';

const MOST_TRIES = 8;
const MOST_TRIES_OF_CHECK = 3;
/** A server that never answers is given up after this, and not after a minute. */
const SHORT_TIMEOUT = {FAST_TIMEOUT_MS: '200'};

interface Row extends Expected {
  readonly name: string;
  readonly script?: Intercept;
  readonly options?: Partial<SandboxOptions>;
}

/** Amazon's, as it marks errors (measured on a live site). */
const EDGE = {'X-Cache': 'Error from cloudfront', Server: 'CloudFront'};

const refuse = ({status, body}: {status: number; body: Buffer[]}): Intercept =>
  answer(status, Buffer.concat(body));

const TOKEN = [
  /^Atlassian refused the API token: make a new one with the scope .* at https:\S+,/,
  /expired/,
  /a year/,
  /email/,
];

const ACCESS: Row[] = [
  {name: '401', options: {token: 'another'}, type: 'config_error', says: TOKEN},
  {
    name: '401 with a body that is not JSON',
    script: answer(401, 'Basic authentication with passwords is deprecated.'),
    type: 'config_error',
    says: TOKEN,
  },
  {
    name: '401 with a page of HTML',
    script: html(401, 'HTTP Status 401 – Unauthorized'),
    type: 'config_error',
    says: TOKEN,
  },
  {
    name: '401, scope does not match',
    script: refuse(scopeMismatch()),
    type: 'config_error',
    says: [/token lacks the scope read:audit-log:confluence/, /or the Cloud ID is another/],
  },
  ...['Current user not permitted to use Confluence', 'caller cannot access Confluence'].map(
    (words) => ({
      name: `403, ${words}`,
      script: refuse(confluenceError(403, words)),
      type: 'config_error' as const,
      says: [...TOKEN, /lost its access to Confluence/],
    }),
  ),
  {
    name: '403, a known text behind an edge that has marked it',
    script: answer(403, {message: 'Current user not permitted to use Confluence'}, EDGE),
    type: 'config_error',
    says: TOKEN,
  },
  {
    name: '403, no administrator',
    options: {isAdmin: false},
    type: 'config_error',
    says: /not a Confluence administrator/,
  },
  {
    name: '403, Free plan',
    script: refuse(freePlan()),
    type: 'config_error',
    says: /Free plan.* no audit log/,
  },
  {
    name: '403, IP allowlist',
    script: answer(403, 'The IP address has been rejected because it is not on the allowed list.'),
    type: 'config_error',
    says: /IP allowlist .* does not let this machine in/,
  },
  {
    name: '403, in words that are not known',
    script: refuse(confluenceError(403, 'Tuesday is closed.\u001b[31m\r\nReally.')),
    type: 'config_error',
    says: /refuses access to the audit log \(HTTP 403\): "Tuesday is closed\. \[31m Really\."/,
  },
  {
    name: '403, in words that are not known, with headers that any answer may have',
    script: answer(
      403,
      {message: 'Tuesday is closed.'},
      {
        Server: 'AtlassianEdge',
        'X-Cache': 'Miss from cloudfront',
        'X-RateLimit-Reset': '2099-01-01T00:00Z',
      },
    ),
    type: 'config_error',
    says: /refuses access to the audit log \(HTTP 403\): "Tuesday is closed\."/,
  },
  {
    name: '404, another cloud id',
    options: {cloudId: '99999999-2222-4333-8444-555555555555'},
    type: 'config_error',
    says: [/no Confluence at this cloud id/, /_edge\/tenant_info/],
  },
  {
    name: '503, a suspended site',
    script: answer(503, {errorCode: 'SUSPENDED_INACTIVITY'}, {'Retry-After': '5'}),
    type: 'config_error',
    says: /site is suspended/,
  },
];

const gateway = (status: number, message: string): Intercept =>
  refuse(gatewayError(status, message));

const UNAVAILABLE: Row[] = [
  ...[408, 413, 425, 500, 502, 503, 504, 520].map((status) => ({
    name: String(status),
    script: gateway(status, 'Try later'),
    type: 'transient_error' as const,
    says: [new RegExp(`HTTP ${status}`), /try again later/],
  })),
  ...(
    [
      ['a page of HTML', html(403, 'Request blocked'), /a page titled "Request blocked"/],
      ['a page that speaks of administrators', html(403, 'Ask your administrator'), /in front of/],
      ['a page that speaks of an allowlist', html(403, 'Not on the allowlist'), /in front of/],
      ['nothing', answer(403, ''), /without a word/],
      ["an edge's header", answer(403, {message: 'NOT_NOW'}, EDGE), /"NOT_NOW"/],
      ['Cloudflare', answer(403, {message: 'NOT_NOW'}, {'CF-Ray': '8f'}), /"NOT_NOW"/],
      ['Retry-After', answer(403, {message: 'Busy'}, {'Retry-After': '1'}), /"Busy"/],
    ] as const
  ).map(([name, script, words]) => ({
    name: `403 with ${name}`,
    script,
    type: 'transient_error' as const,
    says: [/^Something in front of Confluence refuses requests \(HTTP 403\)/, words],
  })),
  {
    name: '502 with a page of HTML',
    script: html(502, 'Bad gateway'),
    type: 'transient_error',
    says: /HTTP 502 Bad Gateway/,
  },
  {name: 'a reset', script: reset, type: 'transient_error', says: /No answer .*ECONNRESET/},
  {
    name: 'no answer',
    script: silence,
    type: 'transient_error',
    says: /did not answer in time.*ETIMEDOUT/,
  },
  {
    name: '200 that ends before its Content-Length',
    script: cutOff,
    type: 'transient_error',
    says: /No answer from 127.0.0.1:\d+: the connection was cut before the answer was whole/,
  },
  {
    name: '200 with half a JSON text and the length of that half',
    script: answer(200, JSON.stringify(pageOf([{creationDate: 1}])).slice(0, -5)),
    type: 'transient_error',
    says: /answer was cut off or damaged/,
  },
  {name: '200, an empty body', script: answer(200, ''), type: 'transient_error', says: /was empty/},
  {
    name: '200, an empty body that is said to be gzip',
    script: answer(200, '', {'Content-Encoding': 'gzip'}),
    type: 'transient_error',
    says: /was empty/,
  },
  {
    name: '200 with a gzip stream that is damaged',
    script: damagedGzip,
    type: 'transient_error',
    says: /damaged on its way/,
  },
  {
    name: '200 with half a gzip stream',
    script: cutOffGzip,
    type: 'transient_error',
    says: /answer was cut off or damaged/,
  },
];

const UNEXPECTED: Row[] = [
  {name: '200, a login page', script: html(200, 'Log in with Atlassian'), says: /Log in with Atl/},
  {name: '200, another JSON object', script: answer(200, {ok: true}), says: /no `results`.*ok/},
  {name: '200, a JSON list', script: answer(200, []), says: /not an object/},
  {name: '200, results is an object', script: answer(200, pageOf({})), says: /not an array/},
  {name: '200, results is null', script: answer(200, pageOf(null)), says: /not an array/},
  {name: '200, a record is null', script: answer(200, pageOf([null])), says: /result 1 is not an/},
  {
    name: '200, a record without creationDate',
    script: answer(200, pageOf([{creationDate: 1}, {summary: 'x'}])),
    says: /record 2 has no creationDate/,
  },
  ...['2026-06-15T00:00:00Z', 1.5].map((creationDate) => ({
    name: `200, creationDate is ${JSON.stringify(creationDate)}`,
    script: answer(200, pageOf([{creationDate}])),
    says: /record 1 has no creationDate in integer milliseconds/,
  })),
  {name: '204', script: answer(204, ''), says: /HTTP 204 No Content/},
  {
    name: '302',
    script: answer(302, '', {Location: 'https://id.example/login'}),
    says: [/HTTP 302 Found/, /https:\/\/id\.example\/login/],
  },
  {
    name: '400',
    script: gateway(400, 'startDate is odd'),
    says: /^Confluence does not accept the request \(HTTP 400 Bad Request\): "startDate is odd"/,
  },
  {name: '400 with a page of HTML', script: html(400, 'Bad'), says: /not the Conf.*HTTP 400 Bad/},
  {name: '410', script: gateway(410, 'endpoint has been removed'), says: /410.*has been removed/},
].map((row) => ({...row, type: 'system_error' as const}));

/** A read of a Confluence that does what the row says. */
async function tryRead({script, options}: Row): Promise<{run: Run; tries: number}> {
  const sandbox = await confluence({...options, ...(script && {intercept: onAudit(script)})});
  const run = await read(runOptions(sandbox, script));
  return {run, tries: auditRequests(sandbox).length};
}

function runOptions(sandbox: Sandbox, script?: Intercept): ResidentOptions {
  return {
    config: backfill(sandbox, {
      api_token: 'ATATT3xSandbox-Token_0=4F1C9B2E',
      cloud_id: '5e1f3a52-9a4c-4c0e-8f53-6a0c1b8d2f10',
    }),
    env: script === silence ? SHORT_TIMEOUT : {},
  };
}

function expectNothingRead({records, states}: Run): void {
  expect({records, states}).toEqual({records: [], states: []});
}

describe('what the person can mend or somebody has to look at fails at the first answer', () => {
  test.each([...ACCESS, ...UNEXPECTED])('$name', async (row) => {
    const {run, tries} = await tryRead(row);
    expectFailedRead(run, row);
    expectNothingRead(run);
    expect(tries).toBe(1);
  });
});

describe('what may pass is tried eight times', () => {
  test.each(UNAVAILABLE)('$name', async (row) => {
    const {run, tries} = await tryRead(row);
    expectFailedRead(run, row);
    expectNothingRead(run);
    expect(run.errors[0]?.message).toMatch(/Tried 8 times within \d+ s\.$/);
    // A request that is given up may not have been seen by the server.
    expect(tries).toBeLessThanOrEqual(MOST_TRIES);
    expect(tries).toBeGreaterThanOrEqual(row.script === silence ? 1 : MOST_TRIES);
  });

  test('an error after half a page is damage, too', async () => {
    const row: Row = {
      name: '',
      script: answer(200, '{"results":[{"creationDate":1}{"code":500,"message":"Oops"}'),
      type: 'transient_error',
      says: [/^The answer was cut off or damaged\./, /Tried 8 times/],
    };
    const {run, tries} = await tryRead(row);
    expectFailedRead(run, row);
    expectNothingRead(run);
    expect(tries).toBe(MOST_TRIES);
  });
});

test('each of these amid good answers, one after another: nothing is lost', async () => {
  const passing = [...UNAVAILABLE, {script: html(401, '')}, {script: answer(404)}];
  const scripts = passing.flatMap(({script}) => script ?? []);
  const count = scripts.length;
  const sandbox = await confluence({log: logOf(900), pageCap: 20});
  sandbox.options.intercept = onAudit(
    (...asked) => scripts.shift()?.(...asked) ?? false,
    (number) => number % 2 === 0,
  );
  const run = await read({config: backfill(sandbox), env: SHORT_TIMEOUT});
  expect(run).toMatchObject({code: 0, stderr: '', errors: []});
  assertExactly(run.records, sandbox.log);
  expect([count > 20, scripts.length]).toEqual([true, 0]);
});

test('check tries three times, and fails as read does', async () => {
  const script = gateway(500, 'Oops');
  const sandbox = await confluence({intercept: onAudit(script)});
  const check = await runConnector('check', runOptions(sandbox));
  expectFailedCheck(check, [/HTTP 500/, /Tried 3 times/]);
  expect(auditRequests(sandbox)).toHaveLength(MOST_TRIES_OF_CHECK);
});

test.each([
  ['half a page', first(2, answer(200, '{"results":[{"creationDate":1,"summary":"half'))],
  ['nothing', first(2, answer(200, ''))],
  [
    'an error in the middle of a page',
    first(2, answer(200, '{"results":[{"creationDate":1}{"code":500}')),
  ],
])('%s, and then a page: nothing is lost', async (_, intercept) => {
  const sandbox = await confluence({intercept});
  const run = await read(runOptions(sandbox));
  expect(run).toMatchObject({code: 0, errors: []});
  expect(run.records.map(asSent)).toEqual([...sandbox.log]);
});

test('a connection that is refused', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const sandbox = await confluence();
  const config = backfill(sandbox, {api_url: `http://127.0.0.1:${port}`});
  const says = [/No answer from 127.0.0.1:\d+: it refuses the connection/, /firewall/, /Tried/];
  expectFailedRead(await read({config}), {type: 'transient_error', says});
  expectFailedCheck(await runConnector('check', {config}), says);
});

test('a redirect is not followed: neither its target nor the credentials are passed on', async () => {
  const target = await confluence();
  const sandbox = await confluence({
    intercept: (request, response) =>
      answer(307, '', {Location: `${target.url}${request.path}`})(request, response),
  });
  const run = await read({config: backfill(sandbox)});
  expectFailedRead(run, {type: 'system_error', says: /HTTP 307/});
  await runConnector('check', {config: sandbox.settings({cloud_id: 'acme.atlassian.net'})});
  expect(sandbox.requests.map(({path}) => path)).toContain('/_edge/tenant_info');
  expect(target.requests).toEqual([]);
});

describe('the look-up of a site', () => {
  const SITE = {cloud_id: 'acme.atlassian.net'};

  test('that is suspended says so', async () => {
    const script = answer(503, {errorCode: 'SUSPENDED_INACTIVITY'});
    const sandbox = await confluence({intercept: script});
    const run = await read({config: backfill(sandbox, SITE)});
    expectFailedRead(run, {type: 'config_error', says: /site is suspended/});
  });

  test.each([
    ['nothing', ''],
    ['half of it', '{"cloudId":"5e1f3a52'],
  ])('that brings %s is tried again', async (_, body) => {
    const sandbox = await confluence({intercept: first(2, answer(200, body))});
    const run = await read({config: backfill(sandbox, SITE)});
    expect(run).toMatchObject({code: 0, errors: []});
    assertExactly(run.records, sandbox.log);
  });

  test('that brings something else is not', async () => {
    const sandbox = await confluence({intercept: html(200, 'Log in')});
    const run = await read({config: backfill(sandbox, SITE)});
    expectFailedRead(run, {type: 'system_error', says: /gave no cloud id/});
    expect(sandbox.requests).toHaveLength(1);
  });
});
