import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';

import type {SandboxOptions} from '../sandbox/options';
import {answer, cutOff, html, onAudit, reset, silence} from './support/answers';
import {confluence} from './support/confluence';
import {FAST_CLOCK, runConnector as runInOwnProcess} from './support/connector';
import {expectFailedCheck} from './support/expect-failure';
import {
  closedPort,
  hasOpenssl,
  Identities,
  type Identity,
  otherNetwork,
  startProxy,
  startTcp,
  startTls,
} from './support/local-network';
import {FAILURES_PAGE, failureRows, tableOf} from './support/page-text';
import {runConnector} from './support/resident';

const ATLASSIAN = 'api.atlassian.com';
/** None of the machine's own. */
const NO_PROXY = Object.fromEntries(
  'HTTPS_PROXY https_proxy ALL_PROXY all_proxy NO_PROXY no_proxy NODE_EXTRA_CA_CERTS'
    .split(' ')
    .map((name) => [name, '']),
);
const SHORT_TIMEOUT = {FAST_TIMEOUT_MS: '150'};
/** What the sandbox takes unless told otherwise. */
const SETTINGS = {
  email: 'auditor@acme.example',
  cloud_id: '5e1f3a52-9a4c-4c0e-8f53-6a0c1b8d2f10',
  api_token: 'ATATT3xSandbox-Token_0=4F1C9B2E',
};

/** Something that is wrong, and what a person has to be told about it. */
interface Case {
  readonly wrong: string;
  readonly arrange: () => Promise<{config: object; env: Record<string, string>}>;
  readonly says: readonly RegExp[];
  /** It is the same each time, and is not tried again. */
  readonly isAtOnce?: boolean;
}

/** A Confluence of which something is wrong, or settings that are wrong for it. */
function sandboxed(options: Partial<SandboxOptions>, settings = {}): Case['arrange'] {
  return async () => {
    const sandbox = await confluence(options);
    return {config: {...SETTINGS, api_url: sandbox.url, ...settings}, env: SHORT_TIMEOUT};
  };
}

/** Something else that listens in its place. */
function listener(listen: () => Promise<number>): Case['arrange'] {
  return async () => ({
    config: {...SETTINGS, api_url: `http://127.0.0.1:${await listen()}`},
    env: SHORT_TIMEOUT,
  });
}

/** The real gateway's address, and a network of this machine in between. */
function online(arrange: () => Promise<Record<string, string>>): Case['arrange'] {
  return async () => ({
    config: SETTINGS,
    env: {...NO_PROXY, ...SHORT_TIMEOUT, ...(await arrange())},
  });
}

const toGateway = (port: number): Record<string, string> =>
  otherNetwork({[ATLASSIAN]: `127.0.0.1:${port}`});
/** Names and passwords of proxies stand in their URLs, and in no message. */
const viaProxy = (port: number, host = '127.0.0.1'): Record<string, string> => ({
  HTTPS_PROXY: `http://someone:Proxy-Pa55word@${host}:${port}`,
});

/** The first sentence names the token, and where to make a new one. */
const TOKEN = [
  /^Atlassian refused the API token: make a new one with the scope [^.]* at https:\/\/id\.atlassian\.com[^ ]*,[^.]*\./,
];

const ACCESS: Case[] = [
  {
    wrong: 'the API token',
    arrange: sandboxed({}, {api_token: 'ATATT3xAnother'}),
    says: [...TOKEN, /correct the email/],
  },
  {
    wrong: 'the email',
    arrange: sandboxed({}, {email: 'other@acme.example'}),
    says: [...TOKEN, /correct the email/],
  },
  ...[
    [401, 'Unauthorized'],
    [403, 'caller cannot access Confluence'],
    [403, 'Current user not permitted to use Confluence'],
  ].map(([status, message]) => ({
    wrong: `the token has run out (${status}, ${message})`,
    arrange: sandboxed({intercept: onAudit(answer(Number(status), {statusCode: status, message}))}),
    says: [...TOKEN, /run out \(every token has expired after a year/, /lost its access/],
  })),
  {
    wrong: 'the scope is missing',
    arrange: sandboxed({scopes: []}),
    says: [
      /lacks the scope read:audit-log:confluence, or the Cloud ID is/,
      /Make a token with that scope at https:/,
    ],
  },
  {
    wrong: 'the account is not an administrator',
    arrange: sandboxed({isAdmin: false}),
    says: [/not a Confluence administrator/, /Give it the global permission/],
  },
  {
    wrong: 'the plan is Free',
    arrange: sandboxed({plan: 'free'}),
    says: [/Free plan, which has no audit log/, /Standard, Premium and Enterprise have one/],
  },
  {
    wrong: 'the IP allowlist',
    arrange: sandboxed({
      intercept: onAudit(
        answer(403, 'The IP address has been rejected because it is not on the allowed list'),
      ),
    }),
    says: [/IP allowlist of this Atlassian organization/, /Add its address/],
  },
  {
    wrong: 'something that Confluence says in other words',
    arrange: sandboxed({intercept: onAudit(answer(403, {message: 'Not on a Tuesday'}))}),
    says: [/refuses access to the audit log \(HTTP 403\): "Not on a Tuesday"/],
  },
  {
    wrong: 'the site is suspended',
    arrange: sandboxed({intercept: onAudit(answer(503, {errorCode: 'SUSPENDED_INACTIVITY'}))}),
    says: [/site is suspended/, /can open it again/],
  },
  {
    wrong: 'the cloud id',
    arrange: sandboxed({}, {cloud_id: '99999999-2222-4333-8444-555555555555'}),
    says: [/no Confluence at this cloud id/, /_edge\/tenant_info shows it/],
  },
  {
    wrong: 'the site',
    arrange: sandboxed({intercept: answer(404, 'Not Found')}, {cloud_id: 'acne.atlassian.net'}),
    says: [/no Atlassian site acne\.atlassian\.net/, /Check the Cloud ID/],
  },
  {
    wrong: 'the site has another name now',
    arrange: sandboxed(
      {intercept: answer(301, '', {Location: 'https://acme-group.atlassian.net/'})},
      {cloud_id: 'acme.atlassian.net'},
    ),
    says: [/no Atlassian site acme\.atlassian\.net \(it leads to https:\/\/acme-group\./],
  },
  {
    wrong: 'a setting',
    arrange: sandboxed({}, {cloud_id: 'acme'}),
    says: [/^Config validation error: `cloud_id` must be a UUID .* or a site/],
  },
];

const NETWORK: Case[] = [
  {
    wrong: 'DNS',
    arrange: online(async () => otherNetwork({[ATLASSIAN]: 'ENOTFOUND'})),
    says: [/^No answer from api\.atlassian\.com: its name cannot be resolved/, /Check DNS/],
  },
  {
    wrong: 'DNS never answers',
    arrange: online(async () => otherNetwork({[ATLASSIAN]: 'SILENCE'})),
    says: [/its name cannot be resolved at the moment, DNS gives no answer/, /Check DNS/],
  },
  {
    wrong: 'DNS, for the moment',
    arrange: online(async () => otherNetwork({[ATLASSIAN]: 'EAI_AGAIN'})),
    says: [/name cannot be resolved at the moment/, /Check DNS/],
  },
  {
    wrong: 'the connection is refused',
    arrange: online(async () => toGateway(await closedPort())),
    says: [/it refuses the connection/, /Check the network and firewalls, or set HTTPS_PROXY/],
  },
  {
    wrong: 'no answer in time',
    arrange: online(async () => toGateway(await startTcp())),
    says: [/it did not answer in time/, /Check the network and firewalls, or set HTTPS_PROXY/],
  },
  {
    wrong: 'no answer in time, with a connection',
    arrange: sandboxed({intercept: onAudit(silence)}),
    says: [/No answer from 127\.0\.0\.1:\d+: it did not answer in time/],
  },
  {
    wrong: 'the connection is reset',
    arrange: sandboxed({intercept: onAudit(reset)}),
    says: [/the connection was cut before the answer was whole/],
  },
  {
    wrong: 'the answer is cut off',
    arrange: sandboxed({intercept: onAudit(cutOff)}),
    says: [/the connection was cut before the answer was whole/],
  },
  {
    wrong: 'TLS: what answers does not speak it',
    arrange: online(async () => toGateway(await startTcp('220 mail ready\r\n'))),
    says: [/what answers does not speak TLS/, /Check proxies/],
  },
  {
    wrong: 'the proxy is not there',
    arrange: online(async () => viaProxy(await closedPort())),
    says: [
      /through the proxy http:\/\/127\.0\.0\.1:\d+: the proxy cannot be reached/,
      /HTTPS_PROXY/,
    ],
  },
  {
    wrong: 'the name of the proxy',
    arrange: online(async () => ({
      ...viaProxy(3128, 'proxy.acme.example'),
      ...otherNetwork({'proxy.acme.example': 'ENOTFOUND'}),
    })),
    says: [
      /through the proxy http:\/\/proxy\.acme\.example:3128: the name of the proxy cannot be resolved/,
      /Check HTTPS_PROXY/,
    ],
  },
  {
    wrong: 'the proxy wants a password',
    arrange: online(async () =>
      viaProxy(await startProxy({refusal: '407 Proxy Authentication Required'})),
    ),
    says: [/the proxy answers HTTP 407 Proxy Authentication Required/, /the user and the password/],
  },
  {
    wrong: 'the proxy does not allow the host',
    arrange: online(async () => viaProxy(await startProxy({refusal: '403 Forbidden'}))),
    says: [/the proxy answers HTTP 403 Forbidden/, /Check whether it allows this host/],
  },
  {
    wrong: 'the proxy hangs up',
    arrange: online(async () => viaProxy(await startTcp(''))),
    says: [/the proxy hung up \(ECONNRESET\)/, /whether it allows this host/],
  },
  {
    wrong: 'the proxy is none',
    arrange: online(async () => viaProxy(await startTcp('220 mail ready\r\n'))),
    says: [/the proxy does not answer as a proxy does: .*HPE_/, /Check HTTPS_PROXY/],
    isAtOnce: true,
  },
  {
    wrong: 'the kind of proxy',
    arrange: online(async () => ({HTTPS_PROXY: 'socks5h://someone:Proxy-Pa55word@127.0.0.1'})),
    says: [/^The proxy in HTTPS_PROXY is a socks5h proxy, and only http and https are understood/],
  },
  {
    wrong: 'any certificate would do',
    arrange: online(async () => ({NODE_TLS_REJECT_UNAUTHORIZED: '0'})),
    says: [/^NODE_TLS_REJECT_UNAUTHORIZED=0 is set/, /Remove it.* NODE_EXTRA_CA_CERTS/],
  },
  {
    wrong: 'the proxy does not answer',
    arrange: online(async () => viaProxy(await startTcp())),
    says: [/through the proxy .*: there was no answer in time/, /Check the proxy/],
  },
  {
    wrong: 'the address of the proxy',
    arrange: online(async () => ({HTTPS_PROXY: 'http://proxy:port'})),
    says: [/^The proxy in HTTPS_PROXY is not an address/, /Correct it/],
  },
];

const OTHERS: Case[] = [
  {
    wrong: 'what answers does not speak HTTP',
    arrange: listener(() => startTcp('220 mail ready\r\n')),
    says: [/the answer is not HTTP as it has to be: Parse Error.*\(HPE_INVALID_CONSTANT\)/],
    isAtOnce: true,
  },
  {
    wrong: 'a piece of the answer that is not HTTP',
    arrange: sandboxed({
      intercept: onAudit((_request, {socket}) =>
        socket!.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\noops'),
      ),
    }),
    says: [/the answer is not HTTP as it has to be: Parse Error.*\(HPE_INVALID_CHUNK_SIZE\)/],
    isAtOnce: true,
  },
  {
    wrong: 'the head of the answer is too large',
    arrange: sandboxed({intercept: onAudit(answer(200, '', {'X-Long': 'x'.repeat(70_000)}))}),
    says: [/the head of the answer is larger than 64 kB \(HPE_HEADER_OVERFLOW\)/],
    isAtOnce: true,
  },
  {
    wrong: 'a coding that nobody asked for',
    arrange: sandboxed({intercept: onAudit(answer(200, 'x', {'Content-Encoding': 'compress'}))}),
    says: [/the answer is coded as compress, which was not asked for/],
    isAtOnce: true,
  },
  {
    wrong: 'the answer is too large',
    arrange: sandboxed({intercept: onAudit(answer(200, 'x'.repeat(17_000_000)))}),
    says: [/the answer is too large/],
    isAtOnce: true,
  },
  {
    wrong: 'something in front refuses',
    arrange: sandboxed({intercept: onAudit(html(403, 'The request could not be satisfied'))}),
    says: [/^Something in front of Confluence refuses requests/, /could not be satisfied/],
  },
  {
    wrong: 'a parameter is not taken',
    arrange: sandboxed({intercept: onAudit(answer(400, {message: 'start: must not be odd'}))}),
    says: [/^Confluence does not accept the request .*"start: must not be odd"/],
  },
  {
    wrong: 'the answer is empty',
    arrange: sandboxed({intercept: onAudit(answer(200, ''))}),
    says: [/^The answer was empty/],
  },
  {
    wrong: 'a suspicious title',
    arrange: sandboxed({intercept: onAudit(html(200, '::error::\u001b[2J\r\n\u202eLog in'))}),
    says: [/a page titled "::error:: \[2J Log in"/],
  },
  {
    wrong: 'the rate is limited',
    arrange: sandboxed({intercept: onAudit(answer(429, {}, {'Retry-After': '30'}))}),
    says: [/limits the rate of requests \(HTTP 429\)/, /sync less often/],
  },
  {
    wrong: 'Atlassian is down',
    arrange: sandboxed({intercept: onAudit(answer(503, 'busy'))}),
    says: [
      /Atlassian is not available: HTTP 503 Service Unavailable, "busy"\./,
      /status\.atlassian\.com/,
    ],
  },
  {
    wrong: 'something in between is down',
    arrange: sandboxed({intercept: onAudit(html(504, 'The proxy cannot reach the host'))}),
    says: [/is not available: HTTP 504 Gateway Timeout, a page titled "The proxy cannot reach/],
  },
  {
    wrong: 'a login page answers',
    arrange: sandboxed({intercept: onAudit(html(200, 'Log in to the guest network'))}),
    says: [/not the Confluence audit log/, /a page titled "Log in to the guest network"/],
  },
  {
    wrong: 'a redirect answers',
    arrange: sandboxed({
      intercept: onAudit(answer(302, '', {Location: 'https://sso.acme.example/'})),
    }),
    says: [
      /not the Confluence audit log: HTTP 302 Found/,
      /pointing to https:\/\/sso\.acme\.example/,
    ],
  },
  {
    wrong: 'another API answers',
    arrange: sandboxed({intercept: onAudit(answer(200, {ok: true}))}),
    says: [/not the Confluence audit log: the answer has no `results`/],
  },
];

/** What was told, for the table that DIAGNOSIS_TABLE=1 prints. */
const told = new Map<string, string>();

async function diagnose({wrong, arrange, says, isAtOnce}: Case): Promise<void> {
  const {config, env: given} = await arrange();
  // What comes at once may come slowly on a busy machine, and is waited for.
  const env: Record<string, string> = isAtOnce ? {...given, FAST_TIMEOUT_MS: '0'} : given;
  // What stands in for a network is loaded when Node starts, and does what no other run does.
  const {NODE_OPTIONS: preload} = env;
  const run =
    preload === undefined
      ? await runConnector('check', {config, env})
      : await runInOwnProcess('check', {
          config,
          env: {...env, NODE_OPTIONS: `${FAST_CLOCK} ${preload}`},
          isProfiled: true,
        });
  expectFailedCheck(run, says);
  expect(run.stdout).not.toContain('Pa55word');
  const message = run.messages.flatMap(({connectionStatus}) => connectionStatus?.message ?? [])[0]!;
  told.set(wrong, message);
  if (isAtOnce) {
    expect(message).not.toContain('Tried');
  }
  const rows = failureRows().filter(({pattern}) => pattern.test(message));
  expect(rows).toHaveLength(1);
}

describe('check says what is wrong', () => {
  test.each(ACCESS)('$wrong', diagnose);
});

describe('check says which way is blocked', () => {
  test.each(NETWORK)('$wrong', diagnose);
});

describe('check says who answers', () => {
  test.each(OTHERS)('$wrong', diagnose);
});

(hasOpenssl() ? describe : describe.skip)('over TLS, which takes openssl', () => {
  const identities = new Identities();
  let own: Identity;
  beforeAll(() => {
    own = identities.create(ATLASSIAN);
  });

  test.each<Case>([
    {
      wrong: 'TLS: the certificate is not trusted',
      arrange: online(async () => toGateway(await startTls(own, await closedPort()))),
      says: [
        /its TLS certificate is not trusted here/,
        /name its certificate in NODE_EXTRA_CA_CERTS/,
      ],
    },
    {
      wrong: 'TLS: the certificate is for another name',
      arrange: online(async () => {
        const other = identities.create('other.example');
        const port = await startTls(other, await closedPort());
        return {...toGateway(port), NODE_EXTRA_CA_CERTS: other.cert};
      }),
      says: [/its TLS certificate is for another name/, /Check DNS/],
    },
    {
      wrong: 'TLS: the certificate has expired',
      arrange: online(async () => {
        const old = identities.create(ATLASSIAN, -1);
        return {...toGateway(await startTls(old, 1)), NODE_EXTRA_CA_CERTS: old.cert};
      }),
      says: [/its TLS certificate is not valid at this time/, /Check the clock/],
    },
    {
      wrong: 'TLS: a proxy inspects it',
      arrange: online(async () => {
        const inside = await startTls(own, await closedPort());
        return viaProxy(await startProxy({to: inside}));
      }),
      says: [
        /through the proxy http:.*: its TLS certificate is not trusted/,
        /NODE_EXTRA_CA_CERTS/,
      ],
    },
  ])('$wrong', diagnose);
});

test('what is told apart is told in different words', () => {
  const causes = new Map<string, string[]>();
  for (const [wrong, message] of told) {
    const words = message.replace(/ Tried .*/, '').replaceAll(/\d{5}/g, '');
    causes.set(words, [...(causes.get(words) ?? []), wrong]);
  }
  expect([...causes.values()].filter(({length}) => length > 1)).toEqual([
    // Atlassian answers alike to all of these.
    [...told.keys()].filter((wrong) => /the API token|the email|the token has/.test(wrong)),
    // getaddrinfo says the same of both.
    ['DNS never answers', 'DNS, for the moment'],
    ['the connection is reset', 'the answer is cut off'],
  ]);
});

test('the commonest causes in the README are told like that, and mean there what they mean on their page', () => {
  const rows = tableOf('README.md', 'commonest');
  expect(rows.length).toBeGreaterThan(5);
  const all = tableOf(FAILURES_PAGE, 'failures').map(([sees, , next]) => [sees, next]);
  expect(all).toEqual(expect.arrayContaining(rows));
  const seen = failureRows().filter(({pattern}) => [...told.values()].some((m) => pattern.test(m)));
  expect(seen.map(({sees}) => sees)).toEqual(expect.arrayContaining(rows.map(([sees]) => sees)));
});

afterAll(() => {
  if (process.env['DIAGNOSIS_TABLE']) {
    const rows = [...told].map(([wrong, message]) => `| ${wrong} | ${message} |\n`);
    process.stdout.write(`\n| What is wrong | What check says |\n|---|---|\n${rows.join('')}\n`);
  }
});
