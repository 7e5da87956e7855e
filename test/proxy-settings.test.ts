import type {Agent} from 'node:https';

import {expect, test} from '@jest/globals';

import {isExempt, readProxy} from '../src/http/proxy';
import {planRoutes} from '../src/http/agents';

test.each([
  ['proxy.acme:3128', 'http://proxy.acme:3128'],
  ['http://proxy.acme', 'http://proxy.acme:80'],
  ['https://user:p%40ss@proxy.acme', 'https://proxy.acme:443'],
  ['http://[::1]:3128/', 'http://[::1]:3128'],
  [' ', undefined],
])('a proxy at %j', (text, name) => {
  expect(readProxy({HTTPS_PROXY: text})?.name).toBe(name);
});

test('the small letters count first, and ALL_PROXY last', () => {
  const env = {HTTPS_PROXY: 'b:1', https_proxy: 'a:1', ALL_PROXY: 'd:1', all_proxy: 'c:1'};
  const names = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const;
  const proxies = names.map((_, n) =>
    readProxy(Object.fromEntries(names.slice(n).map((name) => [name, env[name]]))),
  );
  expect(proxies.map((proxy) => proxy?.host)).toEqual(['a', 'b', 'c', 'd']);
});

test.each<[string, boolean]>([
  ['', false],
  ['*', true],
  ['atlassian.com', true],
  ['.atlassian.com', true],
  ['*.atlassian.com', true],
  ['ATLASSIAN.COM.', true],
  ['api.atlassian.com', true],
  ['api.atlassian.com:443', true],
  ['api.atlassian.com:8443', false],
  ['localhost,127.0.0.1, atlassian.com', true],
  ['localhost 127.0.0.1 atlassian.com', true],
  ['lassian.com', false],
  ['com.atlassian', false],
  ['x.api.atlassian.com', false],
  [',,.', false],
  ['127.0.0.0/8', false],
])('NO_PROXY=%s: %s', (list, exempt) => {
  expect(isExempt('api.atlassian.com', {NO_PROXY: list})).toBe(exempt);
});

test('an address has some seconds to answer before the next is tried', () => {
  const {agent} = planRoutes({})(new URL('https://api.atlassian.com'));
  expect((agent as Agent).options).toMatchObject({
    autoSelectFamilyAttemptTimeout: 3000,
    rejectUnauthorized: true,
  });
});
