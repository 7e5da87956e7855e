import {describe, expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import {answerRequest} from '../sandbox/gateway';
import type {Intercept, SandboxRequest} from '../sandbox/options';
import type {Sandbox} from '../sandbox/server';
import {Mask} from '../src/airbyte/mask';
import {proxySecretsIn, secretsIn} from '../src/airbyte/secrets';
import {answer, answerWith, onAudit} from './support/answers';
import {
  asSent,
  auditRequests,
  backfill,
  confluence,
  logOf,
  NOW,
  recordsOf,
} from './support/confluence';
import type {Run} from './support/connector';
import {expectFailedRead} from './support/expect-failure';
import {read, runConnector} from './support/resident';

/** Both with characters that one encoding or another writes otherwise. */
const TOKEN = 'ATATT3xFfGF0/Tok+en="q\\u%&<é>~=4F1C9B2E';
const EMAIL = 'audit+or@acme.example';
const BASIC = Buffer.from(`${EMAIL}:${TOKEN}`).toString('base64');
const DEBUG = {LOG_LEVEL: 'DEBUG'};

/** As Atlassian makes them. */
const REAL_TOKEN = `ATATT3xFfGF0${'aB3dEfG7hIjK_lMn-pQrStUvWxYz0123456789'.repeat(4)}=4F1C9B2E`;

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
    ['in a 200 that is not JSON', answer(200, BODY)],
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

  test('but not a word that they share with one, nor a number, nor what only the way knows', async () => {
    const digits = String(NOW);
    const token = `ATATT3x-Permissions-${digits}=`;
    const [record] = recordsOf(1);
    const log = AuditLog.from([
      {...record!, creationDate: NOW - 1000, summary: `Permissions of ${digits}, Confluence2026!`},
    ]);
    const sandbox = await confluence({token, log});
    const env = {HTTPS_PROXY: 'http://svc:Confluence2026!@proxy.example:3128'};
    const run = await read({config: backfill(sandbox, {api_token: token}), env});
    expect(run.records.map(asSent)).toEqual([...log]);
  });

  test.each([
    ['of ten characters', 'aB3dxY9fQ2', 'aB3dxY9fQ2'],
    ['as a URL has it', 'abcD1/2345+6789=efGh', 'abcD1%2F2345%2B6789%3DefGh'],
    ['as a URL in a URL has it', 'abcD1/2345+6789=efGh', 'abcD1%252F2345%252B6789%253DefGh'],
  ])('wherever in memory one begins: %s', (_, token, spelled) => {
    const mask = new Mask(secretsIn({email: EMAIL, api_token: token}));
    for (const before of ['', 'a', 'bc', 'def']) {
      const line = JSON.stringify({summary: `${before}${spelled}.`});
      expect(mask.bytes(Buffer.from(`${line}\n`)).toString()).toBe(
        `${JSON.stringify({summary: `${before}****.`})}\n`,
      );
    }
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

describe('a secret as real software echoes it: no 16 characters in a row come out', () => {
  const HABITS: [string, (secret: string) => string][] = [
    ['as it is', (secret) => secret],
    ['in a URL', encodeURIComponent],
    ['in a URL in a URL', (secret) => encodeURIComponent(encodeURIComponent(secret))],
    ['in JSON', (secret) => JSON.stringify(secret)],
    ['in JSON in JSON', (secret) => JSON.stringify(JSON.stringify(secret))],
    ['in JSON as Gson writes it', escapedAsGsonDoes],
    ['in HTML, entities by name', (secret) => named(secret)],
    ['in HTML, decimal entities', (secret) => entities(secret, (code) => `#${code}`)],
    ['in HTML, entities', (secret) => entities(secret, (code) => `#x${code.toString(16)}`)],
    ['in HTML, escaped twice', (secret) => named(entities(secret, (code) => `#${code}`))],
    ['in lines', (secret) => secret.replaceAll(/.{20}/gu, '$&\r\n')],
    ['in indented lines', (secret) => secret.replaceAll(/.{11}/gu, '$&\n    ')],
    ['in lines in JSON', (secret) => JSON.stringify(secret.replaceAll(/.{20}/gu, '$&\n'))],
    ['quoted-printable', quotedPrintable],
    ['cut off after 40', (secret) => secret.slice(0, 40)],
    ['cut off after 17', (secret) => secret.slice(0, 17)],
    ['its last 17', (secret) => secret.slice(-17)],
    ['out of its middle', (secret) => secret.slice(9, 29)],
  ];

  /** With each way undone by which it may have been written. */
  function expectNoRun(text: string, secret: string): void {
    const undone = [
      text,
      text.replaceAll(/\\+[nr]|[\s\\]/g, ''),
      text.replaceAll(/=\s+|=(?:\\+[nr])+/g, '').replaceAll(/=([0-9A-F]{2})/g, byHex),
      text.replaceAll(/%(?:25)*([0-9A-F]{2})/gi, byHex),
      text
        .replaceAll('&amp;', '&')
        .replaceAll(/&#x([0-9a-f]+);/g, byHex)
        .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
    ];
    const runs = Array.from({length: secret.length - 15}, (__, at) => secret.slice(at, at + 16));
    const found = runs.filter((run) => undone.some((each) => each.includes(run)));
    expect(found).toEqual([]);
  }

  test.each(HABITS)('%s', (_, write) => {
    for (const token of [TOKEN, REAL_TOKEN]) {
      const secrets = secretsIn({email: EMAIL, api_token: ` ${token}\u200b`});
      const mask = new Mask(secrets);
      for (const secret of secrets) {
        const text = `It was (${write(secret)}), really.`;
        const masked = mask.text(text);
        expect(masked).toMatch(/^It was \(.*\), really\.$/s);
        expectNoRun(masked, secret);
        // Between other lines, which stay as they are, at every place that memory can begin at.
        for (const before of ['', 'a', 'bc', 'def', 'ghij'.repeat(3)]) {
          const lines = [{before}, {text}, {after: 'x'.repeat(30)}].map((each) =>
            JSON.stringify(each),
          );
          const [first, line, ...rest] = mask
            .bytes(Buffer.from(`${lines.join('\n')}\n`))
            .toString()
            .split('\n');
          expect([first, ...rest]).toEqual([lines[0], lines[2], '']);
          expectNoRun((JSON.parse(line!) as {text: string}).text, secret);
        }
      }
    }
  });

  test('by a server, in records and in an error', async () => {
    const secrets = secretsIn({email: EMAIL, api_token: REAL_TOKEN});
    const texts = HABITS.map(([, write]) => `It was (${secrets.map(write).join(') and (')}).`);
    const records = recordsOf(HABITS.length).map((each, n) => ({
      ...each,
      summary: texts[n]!,
      description: texts[n]!,
    }));
    const sandbox = await confluence({
      token: REAL_TOKEN,
      email: EMAIL,
      log: AuditLog.from(records),
    });
    const config = backfill(sandbox);
    const good = await read({config, env: DEBUG});
    expect(good.records).toHaveLength(HABITS.length);
    let next = 0;
    sandbox.options.intercept = onAudit(
      answerWith(() => answer(503, {message: texts[next++ % texts.length]})),
    );
    const bad = await read({config, env: DEBUG});
    expect(bad.errors).toHaveLength(1);
    expect(next).toBeGreaterThan(1);
    for (const secret of secrets) {
      expectNoRun(good.stdout, secret);
      expectNoRun(bad.stdout, secret);
      expectNoRun(JSON.stringify(good.messages.flatMap(textsIn)), secret);
    }
  });

  function byHex(_: string, code: string): string {
    return String.fromCodePoint(parseInt(code, 16));
  }

  function entities(text: string, name: (code: number) => string): string {
    return text.replaceAll(/[^A-Za-z0-9]/gu, (char) => `&${name(char.codePointAt(0)!)};`);
  }

  function named(text: string): string {
    return text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;');
  }

  /** With soft line breaks, at 76 characters and before. */
  function quotedPrintable(text: string): string {
    return [...Buffer.from(text)]
      .map((byte) =>
        byte < 33 || byte > 126 || byte === 61
          ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
          : String.fromCharCode(byte),
      )
      .join('')
      .replaceAll(/.{25}[^=]{3}/g, '$&=\r\n');
  }
});

describe("a proxy's password", () => {
  test.each([
    ['HTTPS_PROXY', 'http://jo:p%40ss-word@proxy.example:8080', 'p@ss-word'],
    ['https_proxy', 'http://jo:secret@proxy.example:8080/', 'secret'],
    ['ALL_PROXY', 'jo:colon:ed@proxy.example', 'colon:ed'],
    ['HTTP_PROXY', 'http://jo:at@sign@proxy.example', 'at@sign'],
  ])('in %s=%s is masked, and as Basic credentials', (name, value, password) => {
    const mask = new Mask(proxySecretsIn({[name]: value, PATH: 'a:b@c'}));
    const basic = Buffer.from(`jo:${password}`).toString('base64');
    expect(mask.text(`407 for jo with ${password} (Basic ${basic})!`)).toMatch(
      /^407 for jo with \*{4} \(Basic \*{4}=*\)!$/,
    );
  });

  test('is not to be found where there is none, or a short one', () => {
    expect(proxySecretsIn({HTTPS_PROXY: 'http://proxy.example:8080', NO_PROXY: 'a:b@c'})).toEqual(
      [],
    );
    expect(proxySecretsIn({HTTPS_PROXY: 'http://jo:x@proxy.example'})).toEqual([]);
  });
});

describe('what is not a secret is left alone', () => {
  test.each(['x', 'RECORD', 'seven77'])(
    "%j as a token masks none of the protocol's words",
    (token) => {
      expect(secretsIn({email: EMAIL, api_token: token})).toEqual([]);
    },
  );

  test.each(['audit_records', 'STREAM_STATUS', 'config_error', 'INCOMPLETE'])(
    'nor does %j, which is long enough to be one',
    async (token) => {
      const sandbox = await confluence();
      const run = await read({config: backfill(sandbox, {api_token: token})});
      expectFailedRead(run, {type: 'config_error', says: /./});
      expect(run.statuses).toEqual(['STARTED', 'RUNNING', 'INCOMPLETE']);
    },
  );
});

test('words from outside come as one line without control characters', async () => {
  const words = 'a\r\n::error::b\u001b[31mc\u2028d\u202ee\u0000f';
  const sandbox = await confluence({intercept: onAudit(answer(400, {message: words}))});
  const config = {...backfill(sandbox), [`key\n::add-mask::${words}`]: 1};
  const run = await read({config, env: DEBUG});
  const check = await runConnector('check', {config, env: DEBUG});
  const texts = [run, check]
    .flatMap(({messages}) => messages)
    .flatMap(({log, trace, connectionStatus}) => [
      log?.message ?? '',
      trace?.error?.message ?? '',
      trace?.error?.internal_message ?? '',
      connectionStatus?.message ?? '',
    ]);
  expect(texts.filter((text) => text.includes('::error::')).length).toBeGreaterThan(3);
  expect(texts.filter((text) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))).toEqual([]);
  for (const {stack_trace: trace} of run.errors) {
    expect(trace).toMatch(/\n\s+at /);
    expect(trace!.split('\n').filter((line) => !/^( {4}at |Caused by: |\w+: )/.test(line))).toEqual(
      [],
    );
  }
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
