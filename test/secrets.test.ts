import {describe, expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import {answerRequest} from '../sandbox/gateway';
import type {Intercept, SandboxRequest} from '../sandbox/options';
import type {Sandbox} from '../sandbox/server';
import {answer, answerWith, onAudit} from './support/answers';
import {asSent, auditRequests, backfill, confluence, logOf, recordsOf} from './support/confluence';
import {read, type Run, runConnector} from './support/connector';

/** Both with characters that one encoding or another writes otherwise. */
const TOKEN = 'ATATT3xFfGF0/Tok+en="q\\u%&<é>~=4F1C9B2E';
const EMAIL = 'audit+or@acme.example';
const BASIC = Buffer.from(`${EMAIL}:${TOKEN}`).toString('base64');
const DEBUG = {LOG_LEVEL: 'DEBUG'};

/** The secret as servers, proxies and libraries of several kinds write it. */
const FORMS = [
  TOKEN,
  BASIC,
  `Basic ${BASIC}`,
  encodeURIComponent(TOKEN),
  encodeURIComponent(BASIC),
  lowerCasePercents(encodeURIComponent(TOKEN)),
  lowerCasePercents(encodeURIComponent(BASIC)),
  JSON.stringify(TOKEN),
  escapedAsGsonDoes(TOKEN),
  BASIC.replaceAll('/', '\\/'),
];

function lowerCasePercents(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (percent) => percent.toLowerCase());
}

/** Gson writes `=`, `&`, `<`, `>` and `'` as `\u003d` and so on. */
function escapedAsGsonDoes(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[=&<>']/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Pieces of the token and of the credentials that no output may hold, whatever stands around them. */
const PIECES = [TOKEN.slice(0, 12), TOKEN.slice(-8), BASIC.slice(28, 48), BASIC.slice(-20)];

function expectNoSecret(run: Run): void {
  const decoded = JSON.stringify(run.messages.flatMap(textsIn));
  for (const piece of PIECES) {
    expect(run.stdout).not.toContain(piece);
    expect(decoded).not.toContain(piece);
  }
  expect(run.stderr).toBe('');
}

/** Every string in a message; those that hold JSON again, decoded once more. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function secretive(intercept?: Intercept): Promise<Sandbox> {
  return confluence({token: TOKEN, email: EMAIL, intercept});
}

async function expectNoSecretFrom(sandbox: Sandbox): Promise<Run> {
  const config = backfill(sandbox);
  const [run, check] = await Promise.all([
    read({config, env: DEBUG}),
    runConnector('check', {config, env: DEBUG}),
  ]);
  expectNoSecret(run);
  expectNoSecret(check);
  expect(run.stdout).toContain('****');
  return run;
}

describe('a server that echoes the secret', () => {
  const BODY = FORMS.join(' | ');
  test.each<[string, Intercept]>([
    ['in a 401 of JSON', answer(401, {message: BODY})],
    ['in a 403 of text', answer(403, BODY)],
    ['in a 500', answer(500, {message: BODY, token: TOKEN})],
    ['in a 400', answer(400, BODY)],
    ['in a 200 that is no JSON', answer(200, BODY)],
    ['in a page of HTML', answer(200, `<html><title>${FORMS[3]} ${BASIC}</title></html>`)],
    [
      'in the address of a redirect',
      answer(302, '', {
        Location: `https://a.example/?a=${encodeURIComponent(TOKEN)}&b=${encodeURIComponent(BASIC)}`,
      }),
    ],
    ['in a header that is logged', answer(404, {}, {'ATL-TraceId': BASIC})],
    [
      'as it came',
      answerWith(({headers}) => answer(400, {headers, path: encodeURIComponent(TOKEN)})),
    ],
  ])('%s', async (_, script) => {
    await expectNoSecretFrom(await secretive(onAudit(script)));
  });

  test('where the text is cut off: no piece is left that nobody recognises', async () => {
    const token = 'ATATT3xFfGF0Tok-en_ABCDEFGHIJKL=4F1C9B2E';
    let length = 250;
    const echo = answerWith(() =>
      answer(503, `${'. '.repeat(200).slice(0, (length += 7))} ${token} ${token}`),
    );
    const sandbox = await confluence({token, intercept: onAudit(echo)});
    const run = await read({config: backfill(sandbox), env: DEBUG});
    expect(length).toBe(250 + 7 * 8);
    expect(run.stdout).not.toContain(token.slice(0, 6));
    for (length of [270, 280, 290]) {
      const check = await runConnector('check', {config: sandbox.settings(), env: DEBUG});
      expect(check.stdout).toContain('. . . . .');
      expect(check.stdout).not.toContain(token.slice(0, 6));
    }
  });

  test('in records: they come, masked, and the other ones as they are', async () => {
    const [plain, ...others] = recordsOf(1 + FORMS.length);
    const echoing = others.map((record, n) => ({...record, summary: `It was ${FORMS[n]}, really`}));
    const sandbox = await secretive();
    sandbox.options.log = AuditLog.from([plain!, ...echoing]);
    const run = await expectNoSecretFrom(sandbox);
    expect(run).toMatchObject({code: 0, errors: []});
    const summaries = run.records.map(({summary}) => summary).slice(1);
    expect(summaries).toHaveLength(FORMS.length);
    for (const summary of summaries) {
      // Of Base64 its padding may be left: it is no secret.
      expect(summary).toMatch(/^It was (Basic |")?\*{4}("|=*|(%3d)*), really$/i);
    }
    expect(asSent(run.records[0]!)).toEqual(plain);
  });

  test('in the tenant look-up', async () => {
    const sandbox = await secretive(answer(200, BODY));
    const config = sandbox.settings({cloud_id: 'acme.atlassian.net'});
    expectNoSecret(await runConnector('check', {config, env: DEBUG}));
  });
});

test.each([
  ['settings that are refused', {api_url: `http://${TOKEN}.example`}],
  ['a date', {backfill_start_time: TOKEN}],
  ['a tenant', {cloud_id: `${TOKEN}.atlassian.net`}],
])('the secret in %s is not repeated', async (_, others) => {
  const sandbox = await secretive();
  const config = sandbox.settings(others);
  expectNoSecret(await runConnector('check', {config, env: DEBUG}));
  expectNoSecret(await runConnector('discover', {config, env: DEBUG}));
});

describe('credentials go to the audit log only', () => {
  test('`_links.next` that names another host is not an address', async () => {
    const elsewhere = await confluence();
    const sandbox = await confluence({log: logOf(9), pageCap: 2});
    sandbox.options.intercept = onAudit(withNext(sandbox, `${elsewhere.url}/wiki/rest/api/audit`));
    const run = await read({config: backfill(sandbox)});
    expect(run).toMatchObject({code: 0, errors: []});
    expect(run.records.map(asSent)).toEqual([...sandbox.log]);
    expect(auditRequests(sandbox).length).toBeGreaterThan(1);
    expect(elsewhere.requests).toEqual([]);
  });

  test('every request to it has them, and the tenant look-up has none', async () => {
    const sandbox = await confluence();
    const config = backfill(sandbox, {cloud_id: 'acme.atlassian.net'});
    expect(await read({config})).toMatchObject({code: 0});
    expect(await runConnector('check', {config})).toMatchObject({code: 0});
    const [lookUps, others] = [true, false].map((isLookUp) =>
      sandbox.requests.filter(({path}) => (path === '/_edge/tenant_info') === isLookUp),
    ) as [SandboxRequest[], SandboxRequest[]];
    const {email, token} = sandbox.options;
    const basic = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
    expect(lookUps).toHaveLength(2);
    for (const {headers} of lookUps) {
      expect(JSON.stringify(headers)).not.toContain(token);
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('cookie');
    }
    expect(new Set(others.map(({headers}) => headers.authorization))).toEqual(new Set([basic]));
    expect(sandbox.requests.map(({method}) => method)).not.toContain('POST');
  });
});

/** The sandbox's own answers, with another address wherever they have a `_links.next`. */
function withNext(sandbox: Sandbox, next: string): Intercept {
  return answerWith((request) => {
    const query = new URLSearchParams(request.params as Record<string, string>);
    const {status, body} = answerRequest(request, query, sandbox.options);
    const page = JSON.parse(Buffer.concat(body).toString()) as {_links: {next?: string}};
    if (page._links.next !== undefined) {
      page._links.next = next;
    }
    return answer(status, page);
  });
}
