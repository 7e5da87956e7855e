import {join} from 'node:path';

import type {
  AirbyteConfiguredCatalog,
  AirbyteMessage,
  AirbyteState,
} from '@faros-ai/airbyte-cdk/lib/protocol';
import {describe, expect, test} from '@jest/globals';

import {generateLog} from '../sandbox/generate';
import {Log} from '../src/airbyte/messages';
import {Output} from '../src/airbyte/output';
import {createHttpClient, type HttpClient} from '../src/http/client';
import {ConfluenceAuditLogsSource} from '../src/source';
import {answer, first, onAudit, pageOf, reset} from './support/answers';
import {auditRequests, backfill, confluence, DAY, NOW} from './support/confluence';
import {CATALOG, logsOf, type Message, read as readInOwnProcess} from './support/connector';
import {VirtualClock} from './support/in-process';
import {read} from './support/resident';

const SECOND = 1000;

describe('LOG_LEVEL=DEBUG', () => {
  const DEBUG = {LOG_LEVEL: 'DEBUG'};

  test('tells each request: method, path, status, time, trace id', async () => {
    const sandbox = await confluence({intercept: first(1, answer(503, 'busy'))});
    const config = backfill(sandbox, {cloud_id: 'acme.atlassian.net'});
    const run = await read({config, env: DEBUG});
    expect(run).toMatchObject({code: 0, errors: []});
    const told = logsOf(run, 'DEBUG').filter((message) => message.startsWith('GET '));
    const paths = sandbox.requests.map(({path, params, status}) => {
      const query = new URLSearchParams(params as Record<string, string>).toString();
      return `GET ${path}${query && `?${query}`}: ${status}`;
    });
    expect(told.map((line) => line.split(' in ')[0])).toEqual(paths);
    expect(paths).toContain('GET /_edge/tenant_info: 200');
    told.forEach((line, n) => {
      const traceId = (n + 1).toString(16).padStart(32, '0');
      expect(line).toMatch(new RegExp(String.raw` in \d+ ms, trace id ${traceId}$`));
    });
  });

  test('tells of a request that got no answer what happened', async () => {
    const sandbox = await confluence({intercept: first(1, reset)});
    const run = await read({config: backfill(sandbox), env: DEBUG});
    expect(logsOf(run, 'DEBUG')).toContainEqual(
      expect.stringMatching(/^GET \/ex\/\S+: ECONNRESET in \d+ ms$/),
    );
  });

  test('tells each window, and INFO tells none of it', async () => {
    const sandbox = await confluence();
    const [debug, info] = await Promise.all([
      read({config: backfill(sandbox), env: DEBUG}),
      read({config: backfill(sandbox)}),
    ]);
    const window = /^Reached \S+Z \(100 % of the time to read\): 3 records, \d+ a second\.$/;
    expect(logsOf(debug, 'DEBUG')).toContainEqual(expect.stringMatching(window));
    expect(logsOf(info, 'DEBUG')).toEqual([]);
    expect(logsOf(info, 'INFO').at(-1)).toMatch(/^3 records emitted, 0 met again/);
  });
});

test('a wait says until when, to people and to Airbyte', async () => {
  const limit = answer(429, {}, {'Retry-After': '40'});
  const sandbox = await confluence({intercept: first(1, limit)});
  const run = await read({config: backfill(sandbox)});
  const [warning] = logsOf(run, 'WARN');
  expect(warning).toMatch(/^Atlassian limits the rate of requests \(HTTP 429\)\./);
  const until = /Try 1 failed; the next one is at (\S+Z)\.$/.exec(warning!)?.[1];
  const reasons = run.messages.flatMap(({trace}) => trace?.stream_status?.reasons ?? []);
  expect(reasons).toEqual([
    {type: 'RATE_LIMITED', rate_limited: {quota_reset: expect.any(Number)}},
  ]);
  // Each is reckoned from the moment at which it is told.
  expect(Math.abs(reasons[0]!.rate_limited!.quota_reset - Date.parse(until!))).toBeLessThan(SECOND);
});

test('a wait that is over is told no more, however long the answer takes', async () => {
  const sandbox = await confluence({
    intercept: onAudit((request, response) => {
      if (auditRequests(sandbox).length === 1) {
        return answer(429, {}, {'Retry-After': '1'})(request, response);
      }
      setTimeout(() => void answer(200, pageOf([]))(request, response), 3 * SECOND);
      return true;
    }),
  });
  const env = {NODE_OPTIONS: `--require=${join(__dirname, 'support', 'fast-intervals.cjs')}`};
  const run = await readInOwnProcess({config: sandbox.settings(), env});
  expect(run).toMatchObject({code: 0, errors: []});
  const told = run.messages.flatMap(({trace}) => trace?.stream_status ?? []);
  const reasons = told.map(({reasons: each}) => each?.[0]?.type);
  expect(reasons).toContain('RATE_LIMITED');
  const after = reasons.slice(reasons.lastIndexOf('RATE_LIMITED') + 1);
  // COMPLETE is one of them.
  expect(after.length).toBeGreaterThan(1);
});

describe('progress of a long read', () => {
  const RECORDS = 10_000;
  const REQUEST_MS = 3 * SECOND;

  /** A line of the log, and when it was written. */
  interface Line {
    readonly atMs: number;
    readonly text: string;
  }

  /** Reads 10,000 records in pages of 250 over a network on which each request takes three seconds, by its clock. */
  async function readSlowly(): Promise<{lines: Line[]; tookMs: number}> {
    const clock = new VirtualClock(NOW);
    const lines: Line[] = [];
    const output = new (class extends Output {
      override write(message: AirbyteMessage | Buffer): void {
        const {log} = message as Message;
        if (log?.level === 'INFO') {
          lines.push({atMs: clock.now() - NOW, text: log.message});
        }
      }
    })();
    const from = NOW - 20 * DAY;
    const sandbox = await confluence({
      log: generateLog({seed: 3, count: RECORDS, from, to: NOW, shape: 'even'}),
      now: () => clock.now(),
      pageCap: 250,
    });
    const source = new ConfluenceAuditLogsSource({
      output,
      log: new Log(output, 'INFO'),
      clock,
      http: oneByOne(createHttpClient(), clock),
    });
    const settings = {...backfill(sandbox, {backfill_start_time: new Date(from).toISOString()})};
    const catalog = CATALOG as unknown as AirbyteConfiguredCatalog;
    for await (const _ of source.readLines(settings, catalog, [] as AirbyteState)) {
      // Only what is told on the way is of interest.
    }
    return {lines, tookMs: clock.now() - NOW};
  }

  /** Requests that take their time one after another: how many are on their way is chance. */
  function oneByOne(client: HttpClient, clock: VirtualClock): HttpClient {
    let latest: Promise<unknown> = Promise.resolve();
    const get: HttpClient['get'] = (...request) => {
      const answered = latest.then(() => {
        clock.trueMs += REQUEST_MS;
        return client.get(...request);
      });
      latest = answered.catch(() => undefined);
      return answered;
    };
    return {get};
  }

  test('at most every 10 s: how far, how many, how fast, about how long still', async () => {
    const {lines, tookMs} = await readSlowly();
    const reports = lines.filter(({text}) => text.startsWith('Reached'));
    expect(tookMs).toBeGreaterThan(100 * SECOND);
    // A window of five pages is told of when its neighbour is read, too; the first of all comes after
    // the two requests that found out how long windows may be.
    const toldMs = [0, ...reports.map(({atMs}) => atMs), tookMs];
    const silencesMs = toldMs.slice(1).map((atMs, i) => atMs - toldMs[i]!);
    expect(Math.max(...silencesMs)).toBeLessThanOrEqual(16 * REQUEST_MS);
    let last = {atMs: 0, time: 0, count: 0, share: 0};
    for (const {atMs, text} of reports) {
      const told =
        /^Reached (\S+Z) \((\d+) % of the time to read\): ([\d,]+) records, ([\d,]+) a second(?:, about (\d+) (s|min) left)?\.$/.exec(
          text,
        );
      expect(told).not.toBeNull();
      const [, time = '', share, count = '', speed = '', left, unit] = told!;
      const now = {
        atMs,
        time: Date.parse(time),
        count: Number(count.replaceAll(',', '')),
        share: Number(share),
      };
      expect(atMs - last.atMs).toBeGreaterThanOrEqual(10 * SECOND);
      expect(now.time).toBeGreaterThan(last.time);
      expect(now.count).toBeGreaterThan(last.count);
      expect(now.share).toBeGreaterThanOrEqual(last.share);
      expect(now.count).toBeLessThanOrEqual(RECORDS);
      expect(Number(speed.replaceAll(',', ''))).toBe(Math.round((1000 * now.count) / atMs));
      if (left === undefined) {
        // At first, two windows of an eighth each are read together.
        expect(now.share).toBeLessThan(30);
      } else {
        const leftMs = Number(left) * SECOND * (unit === 'min' ? 60 : 1);
        const trueMs = tookMs - atMs;
        const roundingMs = unit === 'min' ? 30 * SECOND : SECOND;
        // Parts come in bursts: what was read ahead is handed out at once.
        const burstMs = 10 * REQUEST_MS;
        expect(Math.abs(leftMs - trueMs)).toBeLessThan(0.5 * trueMs + burstMs + roundingMs);
      }
      last = now;
    }
  });

  test('a quick read reports nothing but its result', async () => {
    const sandbox = await confluence();
    const run = await read({config: backfill(sandbox)});
    expect(logsOf(run, 'INFO').some((text) => text.startsWith('Reached'))).toBe(false);
  });
});
