import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {join} from 'node:path';

import type {Sandbox} from '../sandbox/server';
import {startAcceptanceSandbox} from './support/acceptance-sandbox';
import {type Run, read, runConnector} from './support/connector';
import {type CorporateNetwork, startCorporateNetwork} from './support/corporate-network';

/** Sleeps are skipped, and no name can be resolved. */
const NODE_OPTIONS = ['fast-clock.cjs', 'no-dns.cjs']
  .map((file) => `--require=${join(__dirname, 'support', file)}`)
  .join(' ');
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

let sandbox: Sandbox;
let network: CorporateNetwork;
/** Settings for Atlassian itself, which is reached only through the network above. */
let config: object;

beforeEach(async () => {
  sandbox = await startAcceptanceSandbox();
  network = await startCorporateNetwork(sandbox.url);
  config = sandbox.settings({
    api_url: 'https://api.atlassian.com',
    backfill_start_time: '2026-01-31',
  });
});
afterEach(async () => {
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

describe('a proxy, and a certificate of its own', () => {
  test.each(['HTTPS_PROXY', 'https_proxy'])('check goes through %s', async (name) => {
    const run = await check({[name]: network.proxyUrl, NODE_EXTRA_CA_CERTS: network.caPath});
    expect(statusOf(run)).toEqual({status: 'SUCCEEDED'});
    expect(network.proxyRequests).toEqual([{target: 'api.atlassian.com:443'}]);
    expect(sandbox.requests).toHaveLength(1);
    expect(sandbox.requests[0]?.headers.host).toBe('api.atlassian.com');
  });

  test('read goes through it, all of it', async () => {
    const env = {HTTPS_PROXY: network.proxyUrl, NODE_EXTRA_CA_CERTS: network.caPath};
    const run = await read({config, ...inNetwork(env)});
    expect(run).toMatchObject({code: 0, stderr: '', errors: []});
    expect(run.records).toHaveLength(sandbox.log.size);
    expect(new Set(network.proxyRequests.map(({target}) => target))).toEqual(
      new Set(['api.atlassian.com:443']),
    );
  });

  test('the look-up of a site goes through it, without credentials', async () => {
    const env = {HTTPS_PROXY: network.proxyUrl, NODE_EXTRA_CA_CERTS: network.caPath};
    const run = await check(env, {cloud_id: 'acme.atlassian.net'});
    expect(statusOf(run)).toEqual({status: 'SUCCEEDED'});
    expect(network.proxyRequests.map(({target}) => target)).toEqual([
      'acme.atlassian.net:443',
      'api.atlassian.com:443',
    ]);
    const [lookUp, audit] = sandbox.requests.map(({headers}) => headers.authorization);
    expect([lookUp, audit?.slice(0, 6)]).toEqual([undefined, 'Basic ']);
  });

  test('credentials for the proxy go to it alone, and into no message', async () => {
    const proxy = network.proxyUrl.replace('http://', 'http://porter:pr0xy-pass@');
    const env = {HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: network.caPath, LOG_LEVEL: 'DEBUG'};
    const run = await check(env);
    expect(statusOf(run)).toEqual({status: 'SUCCEEDED'});
    const wanted = `Basic ${Buffer.from('porter:pr0xy-pass').toString('base64')}`;
    expect(network.proxyRequests.map(({authorization}) => authorization)).toEqual([wanted]);
    expect(sandbox.requests[0]?.headers['proxy-authorization']).toBeUndefined();
    network.refuseWith = 407;
    const refused = await check(env);
    expect(statusOf(refused)?.status).toBe('FAILED');
    expect(run.stdout + refused.stdout).not.toMatch(/pr0xy-pass|cG9ydGVyOnByMHh5LXBhc3M/);
  });

  test('without the CA the message names the certificate and what to do', async () => {
    const {status, message} = statusOf(await check({HTTPS_PROXY: network.proxyUrl})) ?? {};
    expect(status).toBe('FAILED');
    expect(message).toMatch(/TLS certificate is not trusted.*NODE_EXTRA_CA_CERTS/);
    expect(sandbox.requests).toEqual([]);
  });

  test.each([407, 403, 502])('a proxy that answers %i is told of', async (status) => {
    network.refuseWith = status;
    const env = {HTTPS_PROXY: network.proxyUrl, NODE_EXTRA_CA_CERTS: network.caPath};
    const run = await read({config, ...inNetwork(env)});
    expect(run).toMatchObject({code: 1, errors: [{failure_type: 'transient_error'}]});
    expect(run.errors[0]?.message).toMatch(/proxy/);
    expect(`${run.errors[0]?.message} ${run.errors[0]?.internal_message}`).toContain(`${status}`);
  });

  test('a proxy that is not there is told of', async () => {
    const run = await check({HTTPS_PROXY: 'http://127.0.0.1:9'});
    expect(statusOf(run)?.message).toMatch(/proxy http:\/\/127.0.0.1:9.*ECONNREFUSED/);
  });
});

describe('no proxy', () => {
  test.each(['api.atlassian.com', '.atlassian.com', '*'])(
    'NO_PROXY=%s is obeyed',
    async (hosts) => {
      const run = await check({HTTPS_PROXY: network.proxyUrl, NO_PROXY: hosts});
      expect(network.proxyRequests).toEqual([]);
      expect(statusOf(run)?.message).toMatch(/No answer from api.atlassian.com: its name/);
    },
  );

  test('a gateway on this machine is asked without one', async () => {
    const env = {HTTPS_PROXY: network.proxyUrl, HTTP_PROXY: network.proxyUrl};
    const run = await check(env, {api_url: sandbox.url});
    expect(statusOf(run)).toEqual({status: 'SUCCEEDED'});
    expect(network.proxyRequests).toEqual([]);
  });

  test('a name that cannot be resolved is told of, and may be tried again', async () => {
    const run = await read({config, ...inNetwork({})});
    expect(run).toMatchObject({code: 1, errors: [{failure_type: 'transient_error'}]});
    expect(run.errors[0]?.message).toMatch(
      /api.atlassian.com: its name cannot be resolved.*ENOTFOUND.*DNS.*Tried 8 times/,
    );
  });
});
