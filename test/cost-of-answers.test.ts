import {gzipSync} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import type {Intercept} from '../sandbox/options';
import {answer, onAudit, pageOf} from './support/answers';
import {backfill, confluence, HOUR, logOf, NOW, recordsOf} from './support/confluence';
import {type CorporateNetwork, startCorporateNetwork} from './support/corporate-network';
import {assertExactly} from './support/exactly';
import {expectFailedRead} from './support/expect-failure';
import {measure} from './support/measured';

const MB = 1024 * 1024;
/** Some more than docs/security.md says of any log: machines differ. */
const MOST_MEGABYTES = 150;

/** As many bytes as a client takes, for ever. */
function endless(head: string, more: string): Intercept {
  return (_request, response) => {
    const socket = response.socket!;
    const write = (): void => {
      while (!socket.destroyed && socket.write(more));
    };
    socket.on('error', () => undefined).on('drain', write);
    socket.write(head);
    write();
    return true;
  };
}

test.each([
  [16, 4_000],
  [60, 1_000],
])('records of %i kB', async (kB, count) => {
  const description = 'x'.repeat(kB * 1000 - 600);
  const log = AuditLog.from(recordsOf(count).map((record) => ({...record, description})));
  const run = await measure('read', {config: backfill(await confluence({log}))}, false);
  expect(run.code).toBe(0);
  expect(run.megabytes).toBeLessThan(MOST_MEGABYTES);
  expect(run.seconds).toBeLessThan(60);
});

test('a page of more than 16 MB, which is asked for in smaller ones', async () => {
  const log = logOf(900);
  const heavy = answer(200, `{"results":[${' '.repeat(17 * MB)}]}`);
  const intercept = onAudit(heavy, (_, {params}) => Number(params.limit) > 200);
  const run = await measure('read', {config: backfill(await confluence({log, intercept}))});
  assertExactly(run.records, log);
  expect(run.megabytes).toBeLessThan(MOST_MEGABYTES);
  expect(run.seconds).toBeLessThan(60);
});

test('a gzip body of 1 MB that unpacks to 1 GB', async () => {
  // A body may be several gzip streams, one after the other.
  const bomb = Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(10 * MB, ' '))));
  const script: Intercept = (_request, response) => {
    response.writeHead(200, {'Content-Type': 'application/json', 'Content-Encoding': 'gzip'});
    response.end(bomb);
    return true;
  };
  const sandbox = await confluence({intercept: onAudit(script)});
  const run = await measure('read', {config: backfill(sandbox)});
  expectFailedRead(run, {type: 'transient_error', says: /the answer is too large/});
  expect(run.megabytes).toBeLessThan(200);
  expect(run.seconds).toBeLessThan(60);
});

const TWENTY_MILLION = `[${'{},'.repeat(20_000_000)}{}]`;
const FIVE_MILLION = `[${'{},'.repeat(5_000_000)}{}]`;

describe('millions of empty objects in a field that nobody needs', () => {
  test('60 MB of them cannot be held', async () => {
    const page = answer(200, `{"x":${TWENTY_MILLION},"results":[]}`);
    const sandbox = await confluence({intercept: onAudit(page)});
    const run = await measure('read', {config: backfill(sandbox)});
    expectFailedRead(run, {type: 'transient_error', says: /the answer is too large/});
    expect(run.megabytes).toBeLessThan(200);
    expect(run.seconds).toBeLessThan(20);
  });

  test.each([
    ['of the page', (record: string) => `{"x":${FIVE_MILLION},"results":[${record}]}`],
    [
      'of a record',
      (record: string) =>
        JSON.stringify(pageOf(['|'])).replace('"|"', `${record.slice(0, -1)},"x":${FIVE_MILLION}}`),
    ],
  ])('15 MB of them, %s, are read over', async (_, pageWith) => {
    const at = NOW - 2 * HOUR;
    const intercept = onAudit(
      answer(200, pageWith(`{"creationDate":${at}}`)),
      (__, {params: {startDate = '0', endDate = `${NOW}`, start = '0'}}) =>
        Number(startDate) <= at && at <= Number(endDate) && start === '0',
    );
    const sandbox = await confluence({log: logOf(0), intercept});
    const run = await measure('read', {config: backfill(sandbox)}, false);
    expect(run.code).toBe(0);
    expect(run.megabytes).toBeLessThan(512);
    expect(run.seconds).toBeLessThan(60);
  });
});

describe('an answer that never ends', () => {
  test.each([
    ['its head', 'HTTP/1.1 200 OK\r\n', `X-Filler: ${'x'.repeat(8000)}\r\n`, /HPE_HEADER_OVERFLOW/],
    ['its body', 'HTTP/1.1 200 OK\r\n\r\n{"results":[', ' '.repeat(8000), /EMSGSIZE/],
  ])('%s', async (_, head, more, says) => {
    const sandbox = await confluence({intercept: onAudit(endless(head, more))});
    const run = await measure('read', {config: backfill(sandbox)});
    expectFailedRead(run, {type: 'transient_error', says});
    expect(run.megabytes).toBeLessThan(200);
    expect(run.seconds).toBeLessThan(20);
  });
});

test("a proxy's head that never ends", async () => {
  const sandbox = await confluence();
  const network: CorporateNetwork = await startCorporateNetwork(sandbox.url);
  try {
    network.refuseWith = 'endless head';
    const run = await measure('read', {
      config: backfill(sandbox, {api_url: 'https://api.atlassian.com'}),
      env: {HTTPS_PROXY: network.proxyUrl, https_proxy: '', NO_PROXY: '', no_proxy: ''},
    });
    expectFailedRead(run, {type: 'transient_error', says: /HPE_HEADER_OVERFLOW/});
    expect(run.megabytes).toBeLessThan(MOST_MEGABYTES);
    expect(run.seconds).toBeLessThan(20);
  } finally {
    await network.close();
  }
});
