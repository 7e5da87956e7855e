import {spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';

import {generateLog} from '../sandbox/generate';
import type {Sandbox} from '../sandbox/server';
import {startAcceptanceSandbox} from './support/acceptance-sandbox';
import {cutOff, onAudit, reset, silence} from './support/answers';
import {
  collect,
  logsOf,
  MAIN,
  type Run,
  runConnector as runInOwnProcess,
} from './support/connector';
import {type CorporateNetwork, startCorporateNetwork} from './support/corporate-network';
import {assertExactly} from './support/exactly';
import {otherNetwork} from './support/local-network';
import {read, runConnector} from './support/resident';

/** No name can be resolved. */
const NODE_OPTIONS = `--require=${join(__dirname, 'support', 'no-dns.cjs')}`;
/** None of the machine's own. */
const NO_SETTINGS = {
  HTTPS_PROXY: '',
  https_proxy: '',
  HTTP_PROXY: '',
  http_proxy: '',
  ALL_PROXY: '',
  all_proxy: '',
  NO_PROXY: '',
  no_proxy: '',
  NODE_EXTRA_CA_CERTS: '',
};

/** For the figures of docs/decisions/0011, all of them. */
const ASKED = Boolean(process.env['NETWORK_FIGURES']);
const [RECORDS, PAGE_CAP] = ASKED ? [60_000, 1000] : [5000, 100];

let sandbox: Sandbox;
let network: CorporateNetwork;
/** Settings for Atlassian itself, which is reached only through the network above. */
let config: object;
/** It mostly waits: begun here, it is over when the other tests are. */
let withoutDns: ReturnType<typeof checkWithoutDns> | undefined;

beforeAll(async () => {
  sandbox = await startAcceptanceSandbox();
  network = await startCorporateNetwork(sandbox.url);
  config = sandbox.settings({
    api_url: 'https://api.atlassian.com',
    backfill_start_time: '2026-01-31',
  });
  withoutDns = canSilenceDns ? checkWithoutDns() : undefined;
});
beforeEach(() => {
  sandbox.requests.length = 0;
  network.proxyRequests.length = 0;
  network.handshakes = 0;
  network.refuseWith = undefined;
  sandbox.options.intercept = undefined;
});
afterAll(async () => {
  await network.close();
  await sandbox.close();
});

function inNetwork(env: Record<string, string>): {env: Record<string, string>} {
  return {env: {...NO_SETTINGS, NODE_OPTIONS, ...env}};
}

function check(env: Record<string, string>, others: object = {}): Promise<Run> {
  return runConnector('check', {config: {...config, ...others}, ...inNetwork(env)});
}

const statusOf = ({messages}: Run): {status: string; message?: string} | undefined =>
  messages.find(({type}) => type === 'CONNECTION_STATUS')?.connectionStatus;

/** The way to Atlassian: the environment that leads there, and how many tunnels it may take for a host. */
const WAYS: [string, () => Record<string, string>, number][] = [
  [
    'directly',
    () =>
      otherNetwork({
        'api.atlassian.com': network.gateway,
        'acme.atlassian.net': network.gateway,
      }),
    0,
  ],
  ['through a proxy', () => ({HTTPS_PROXY: network.proxyUrl}), 1],
  ['through a proxy that speaks TLS', () => ({https_proxy: network.tlsProxyUrl}), 1],
];

describe.each(WAYS)('%s', (_, way, tunnels) => {
  const env = (): Record<string, string> => ({NODE_EXTRA_CA_CERTS: network.caPath, ...way()});

  test('check finds the site, without credentials, and then the log', async () => {
    const run = await runInOwnProcess('check', {
      config: {...config, cloud_id: 'acme.atlassian.net'},
      ...inNetwork(env()),
    });
    expect(statusOf(run)).toEqual({status: 'SUCCEEDED'});
    const hosts = ['acme.atlassian.net', 'api.atlassian.com'];
    expect(network.proxyRequests.map(({target}) => target)).toEqual(
      hosts.flatMap((host) => Array<string>(tunnels).fill(`${host}:443`)),
    );
    expect(network.handshakes).toBe(2);
    expect([...new Set(sandbox.requests.map(({headers}) => headers.host))]).toEqual(hosts);
    const [lookUp, ...others] = sandbox.requests.map(({headers}) => headers.authorization);
    expect(lookUp).toBeUndefined();
    expect(others.map((each) => each?.slice(0, 6))).toEqual(['Basic ', 'Basic ', 'Basic ']);
  });

  test('without the CA the message names the certificate and what to do', async () => {
    const {status, message} = statusOf(await check({...env(), NODE_EXTRA_CA_CERTS: ''})) ?? {};
    expect(status).toBe('FAILED');
    expect(message).toMatch(/TLS certificate .*is not trusted.*NODE_EXTRA_CA_CERTS/);
    expect(sandbox.requests).toEqual([]);
  });

  test('what is reset, cut off or never comes, and then comes, is read as if nothing had been', async () => {
    const faults = [reset, cutOff, silence];
    sandbox.options.intercept = onAudit((...asked) => faults.shift()?.(...asked) ?? false);
    const run = await read({config, ...inNetwork({...env(), FAST_TIMEOUT_MS: '500'})});
    expect(run).toMatchObject({code: 0, stderr: '', errors: []});
    expect(faults).toEqual([]);
    assertExactly(run.records, sandbox.log);
  });

  test.each([
    ['reset', reset, /the connection was cut before the answer was whole \(ECONNRESET\)/],
    ['never comes', silence, /no.*answer in time \(ETIMEDOUT\)/],
  ] as const)('what %s, each time, is told of', async (__, fault, says) => {
    sandbox.options.intercept = onAudit(fault);
    const {status, message} = statusOf(await check({...env(), FAST_TIMEOUT_MS: '500'})) ?? {};
    expect(status).toBe('FAILED');
    expect(message).toMatch(says);
    expect(message).toMatch(
      tunnels > 0 ? /through the proxy https?:/ : /^No answer from api\.\S+: /,
    );
  });

  test('four connections at most for all of a log', async () => {
    const {log, pageCap} = sandbox.options;
    sandbox.options.pageCap = PAGE_CAP;
    sandbox.options.log = generateLog({
      seed: 3,
      count: RECORDS,
      from: Date.UTC(2026, 1, 1),
      to: Date.UTC(2026, 2, 31),
      shape: 'even',
    });
    const run = await read({config, ...inNetwork(env())});
    Object.assign(sandbox.options, {log, pageCap});
    expect(run).toMatchObject({code: 0, stderr: '', errors: []});
    expect(run.records).toHaveLength(RECORDS);
    expect(sandbox.requests.length).toBeGreaterThan(20);
    expect(network.handshakes).toBeLessThanOrEqual(4);
    expect(network.proxyRequests.length).toBeLessThanOrEqual(4 * tunnels);
    if (ASKED) {
      const {length: made} = network.proxyRequests;
      const figures = {
        requests: sandbox.requests.length,
        tunnels: made,
        handshakes: network.handshakes,
      };
      process.stdout.write(`${_}: ${JSON.stringify(figures)}\n`);
    }
  });
});

describe('a proxy', () => {
  test('credentials for the proxy go to it alone, decoded, and into no message', async () => {
    const proxy = network.proxyUrl.replace('http://', 'porter:pr0xy-p%40ss@');
    const env = {HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: network.caPath, LOG_LEVEL: 'DEBUG'};
    const run = await check(env);
    expect(statusOf(run)).toEqual({status: 'SUCCEEDED'});
    const wanted = `Basic ${Buffer.from('porter:pr0xy-p@ss').toString('base64')}`;
    expect(network.proxyRequests.map(({authorization}) => authorization)).toEqual([wanted]);
    expect(sandbox.requests[0]?.headers['proxy-authorization']).toBeUndefined();
    network.refuseWith = 407;
    const refused = await check(env);
    expect(statusOf(refused)?.status).toBe('FAILED');
    expect(run.stdout + refused.stdout).not.toMatch(/pr0xy-p(@|%40)ss|cG9ydGVyOnByMHh5LXBAc3M/);
  });

  test.each([407, 403, 502])('a proxy that answers %i is told of', async (status) => {
    network.refuseWith = status;
    const env = {HTTPS_PROXY: network.proxyUrl, NODE_EXTRA_CA_CERTS: network.caPath};
    const run = await read({config, ...inNetwork(env)});
    expect(run).toMatchObject({code: 1, errors: [{failure_type: 'transient_error'}]});
    expect(run.errors[0]?.message).toMatch(/proxy/);
    expect(`${run.errors[0]?.message} ${run.errors[0]?.internal_message}`).toContain(`${status}`);
  });

  test.each([
    ['hangs up', /the proxy hung up \(ECONNRESET\)/],
    ['endless head', /the proxy does not answer as a proxy does: .*\(HPE_HEADER_OVERFLOW\)/],
  ] as const)('a proxy that is odd (%s) is told of at once', async (refusal, says) => {
    network.refuseWith = refusal;
    const run = await check({
      HTTPS_PROXY: network.proxyUrl,
      NODE_EXTRA_CA_CERTS: network.caPath,
    });
    expect(statusOf(run)?.message).toMatch(says);
  });

  test('a proxy that is not there is told of', async () => {
    const run = await check({HTTPS_PROXY: 'http://127.0.0.1:9'});
    expect(statusOf(run)?.message).toMatch(/proxy http:\/\/127.0.0.1:9.*ECONNREFUSED/);
  });
});

describe('settings that cannot be used', () => {
  test.each<[Record<string, string>, RegExp]>([
    [{HTTPS_PROXY: 'socks5://porter:s3cret@127.0.0.1:1080'}, /in HTTPS_PROXY is a socks5 proxy/],
    [{all_proxy: 'ftp://porter:s3cret@127.0.0.1'}, /in all_proxy is a ftp proxy/],
    [{HTTPS_PROXY: 'http://porter:s3cret@proxy:port'}, /in HTTPS_PROXY is not an address/],
    [{HTTPS_PROXY: 'http://porter:s3cret%zz@proxy:80'}, /in HTTPS_PROXY is not an address/],
    [
      {NODE_TLS_REJECT_UNAUTHORIZED: '0'},
      /NODE_TLS_REJECT_UNAUTHORIZED=0 is set.*name its certificate in NODE_EXTRA_CA_CERTS/,
    ],
  ])('%j is refused by name, and nothing is sent', async (env, says) => {
    const run = await read({
      config,
      ...inNetwork({...otherNetwork({'api.atlassian.com': network.gateway}), ...env}),
    });
    expect(run).toMatchObject({code: 1, stderr: '', errors: [{failure_type: 'config_error'}]});
    expect(run.errors[0]?.message).toMatch(says);
    expect(run.stdout).not.toContain('s3cret');
    expect(sandbox.requests).toEqual([]);
  });
});

describe('no proxy', () => {
  test.each(['atlassian.com'])('NO_PROXY=%s is obeyed', async (hosts) => {
    const run = await check({HTTPS_PROXY: network.proxyUrl, NO_PROXY: hosts});
    expect(network.proxyRequests).toEqual([]);
    expect(statusOf(run)?.message).toMatch(/No answer from api.atlassian.com: its name/);
  });

  test('a gateway on this machine is asked without one', async () => {
    const env = {HTTPS_PROXY: network.proxyUrl, HTTP_PROXY: network.proxyUrl};
    const run = await check(env, {api_url: sandbox.url});
    expect(statusOf(run)).toEqual({status: 'SUCCEEDED'});
    expect(network.proxyRequests).toEqual([]);
  });

  test('a handshake that takes long is waited for, with addresses around that lead nowhere', async () => {
    const run = await check(
      {NODE_OPTIONS: `--require=${join(__dirname, 'support', 'slow-handshake.cjs')}`},
      {api_url: sandbox.url.replace('127.0.0.1', 'localhost')},
    );
    expect(statusOf(run)).toEqual({status: 'SUCCEEDED'});
    expect(logsOf(run, 'WARN')).toEqual([]);
  });

  test('a name that cannot be resolved is told of, and may be tried again', async () => {
    const run = await read({config, ...inNetwork({})});
    expect(run).toMatchObject({code: 1, errors: [{failure_type: 'transient_error'}]});
    expect(run.errors[0]?.message).toMatch(
      /api.atlassian.com: its name cannot be resolved.*ENOTFOUND.*DNS.*Tried 8 times/,
    );
  });
});

/** A network of its own in which DNS never answers takes Linux, root and two tools. */
const canSilenceDns =
  spawnSync('unshare', ['--mount', '--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0;

/** A check in such a network, and how many ms it took. */
async function checkWithoutDns(): Promise<Run & {tookMs: number}> {
  const folder = mkdtempSync(join(tmpdir(), 'dns-'));
  const [resolver, settings] = ['resolv.conf', 'settings.json'].map((name) => join(folder, name));
  // Patience of its own that alone would take two minutes and a half.
  writeFileSync(resolver!, 'nameserver 127.0.0.1\noptions timeout:30 attempts:5\n');
  writeFileSync(settings!, JSON.stringify(config));
  const script = 'ip link set lo up; mount --bind "$1" /etc/resolv.conf; exec node "$2" "$3" "$4"';
  const startedMs = performance.now();
  const silent = join(__dirname, 'support', 'silent-dns.cjs');
  const own = ['--mount', '--net', 'sh', '-c', script, 'sh'];
  const run = await collect(spawn('unshare', [...own, resolver!, silent, MAIN, settings!]));
  rmSync(folder, {recursive: true});
  return {...run, tookMs: performance.now() - startedMs};
}

(canSilenceDns ? test : test.skip)(
  'name servers that never answer, as a pod has them: check is over within a minute, and gone',
  async () => {
    const run = (await withoutDns)!;
    expect(run).toMatchObject({code: 0, stderr: ''});
    expect(statusOf(run)?.message).toMatch(/DNS gives no answer \(EAI_AGAIN\)/);
    expect(run.tookMs).toBeLessThan(60_000);
  },
  90_000,
);
