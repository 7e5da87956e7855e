import {once} from 'node:events';
import {type AddressInfo, createServer} from 'node:net';

import {describe, expect, test} from '@jest/globals';

import {confluenceError, freePlan, gatewayError, scopeMismatch} from '../sandbox/error-bodies';
import type {Intercept, SandboxOptions} from '../sandbox/options';
import type {Sandbox} from '../sandbox/server';
import {answer, cutOff, cutOffGzip, html, onAudit, pageOf, reset, silence} from './support/answers';
import {auditRequests, backfill, confluence} from './support/confluence';
import {read, type Run, runConnector, type RunOptions} from './support/connector';
import {expectFailedCheck, expectFailedRead, type Expected} from './support/expect-failure';

const MOST_TRIES = 8;
const MOST_TRIES_OF_CHECK = 3;
/** A server that never answers is given up after this, and not after a minute. */
const SHORT_TIMEOUT = {FAST_TIMEOUT_MS: '200'};

interface Row extends Expected {
  readonly name: string;
  readonly script?: Intercept;
  readonly options?: Partial<SandboxOptions>;
}

const refuse = ({status, body}: {status: number; body: Buffer[]}): Intercept =>
  answer(status, Buffer.concat(body));

const ACCESS: Row[] = [
  {
    name: '401',
    options: {token: 'another'},
    type: 'config_error',
    says: [/email/, /token/, /expired/, /a year/],
  },
  {
    name: '401 with a body that is no JSON',
    script: answer(401, 'Basic authentication with passwords is deprecated.'),
    type: 'config_error',
    says: [/email/, /token/, /expired/],
  },
  {
    name: '401, scope does not match',
    script: refuse(scopeMismatch()),
    type: 'config_error',
    says: [/token lacks the scope read:audit-log:confluence/],
  },
  {
    name: '403, no administrator',
    options: {isAdmin: false},
    type: 'config_error',
    says: /not a Confluence administrator/,
  },
  {
    name: '403, no access to Confluence at all',
    script: refuse(confluenceError(403, 'Current user not permitted to use Confluence')),
    type: 'config_error',
    says: [/may not use Confluence/, /administrator/],
  },
  {
    name: '403, Free plan',
    script: refuse(freePlan()),
    type: 'config_error',
    says: /Free plan.* no audit log/,
  },
  {
    name: '404, another cloud id',
    options: {cloudId: '99999999-2222-4333-8444-555555555555'},
    type: 'config_error',
    says: [/no Confluence at this cloud id/, /_edge\/tenant_info/],
  },
];

const gateway = (status: number, message: string): Intercept =>
  refuse(gatewayError(status, message));

const UNAVAILABLE: Row[] = [
  ...[408, 425, 500, 502, 503, 504, 520].map((status) => ({
    name: String(status),
    script: gateway(status, 'Try later'),
    type: 'transient_error' as const,
    says: [new RegExp(`HTTP ${status}`), /try again later/],
  })),
  {
    name: '429',
    script: gateway(429, 'Rate limit exceeded'),
    type: 'transient_error',
    says: [/limits the rate of requests/, /HTTP 429/],
  },
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
    says: /answer was cut off/,
  },
  {
    name: '200 with half a gzip stream',
    script: cutOffGzip,
    type: 'transient_error',
    says: /answer was cut off/,
  },
];

const UNEXPECTED: Row[] = [
  {name: '200, a login page', script: html(200, 'Log in with Atlassian'), says: /Log in with Atl/},
  {name: '200, an empty body', script: answer(200, ''), says: /0 bytes/},
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
  ...['2026-06-15T00:00:00Z', 1.5, null, true, 1e300].map((creationDate) => ({
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
  {name: '400', script: gateway(400, 'startDate is odd'), says: /HTTP 400 Bad.*startDate is odd/},
  {name: '410', script: gateway(410, 'endpoint has been removed'), says: /410.*has been removed/},
].map((row) => ({...row, type: 'system_error' as const}));

/** A read and a check, each of its own Confluence that does what the row says. */
async function tryBoth({script, options}: Row): Promise<{run: Run; check: Run; tries: number[]}> {
  const behaviour = {...options, ...(script && {intercept: onAudit(script)})};
  const sandboxes = [await confluence(behaviour), await confluence(behaviour)] as const;
  const runOptions = (sandbox: Sandbox): RunOptions => ({
    config: backfill(sandbox, {
      api_token: 'ATATT3xSandbox-Token_0=4F1C9B2E',
      cloud_id: '5e1f3a52-9a4c-4c0e-8f53-6a0c1b8d2f10',
    }),
    env: script === silence ? SHORT_TIMEOUT : {},
  });
  const [run, check] = await Promise.all([
    read(runOptions(sandboxes[0])),
    runConnector('check', runOptions(sandboxes[1])),
  ]);
  return {run, check, tries: sandboxes.map((sandbox) => auditRequests(sandbox).length)};
}

describe('what the person can mend or somebody has to look at fails at the first answer', () => {
  test.each([...ACCESS, ...UNEXPECTED])('$name', async (row) => {
    const {run, check, tries} = await tryBoth(row);
    expectFailedRead(run, row);
    expect(run.records).toEqual([]);
    expect(run.states).toEqual([]);
    expectFailedCheck(check, row.says);
    expect(tries).toEqual([1, 1]);
  });
});

describe('what may pass is tried eight times, and three times by check', () => {
  test.each(UNAVAILABLE)('$name', async (row) => {
    const {run, check, tries} = await tryBoth(row);
    expectFailedRead(run, row);
    expect(run.errors[0]?.message).toMatch(/Tried 8 times within \d+ s\.$/);
    expect(run.records).toEqual([]);
    expect(run.states).toEqual([]);
    expectFailedCheck(check, row.says);
    if (row.script === silence) {
      // Such a request may have been given up before the server has seen it.
      expect(tries[0]).toBeLessThanOrEqual(MOST_TRIES);
      expect(tries[1]).toBeLessThanOrEqual(MOST_TRIES_OF_CHECK);
    } else {
      expect(tries).toEqual([MOST_TRIES, MOST_TRIES_OF_CHECK]);
    }
  });
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
