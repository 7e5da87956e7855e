import type {IncomingHttpHeaders} from 'node:http';

import {describe, expect, test} from '@jest/globals';

import {generateLog} from '../sandbox/generate';
import type {Intercept} from '../sandbox/options';
import {systemClock} from '../src/clock';
import {judge} from '../src/confluence/failures';
import {Requests} from '../src/http/requests';
import {after, answer, first, html, onAudit} from './support/answers';
import {
  asSent,
  auditRequests,
  backfill,
  confluence,
  DAY,
  HOUR,
  logOf,
  NOW,
  sentAt,
} from './support/confluence';
import {
  type Message,
  onState,
  read as readInOwnProcess,
  type Run,
  stateInput,
} from './support/connector';
import {assertExactly} from './support/exactly';
import {expectFailedRead} from './support/expect-failure';
import {read} from './support/resident';

const MINUTE = 60_000;
/** What a busy machine may add to a wait. */
const SLACK_MS = 2_000;

/** The moments at which the audit requests of a run were sent, by its own clock. */
const moments = (sandbox: Awaited<ReturnType<typeof confluence>>): number[] =>
  auditRequests(sandbox).map(sentAt);

/** As Atlassian writes it: up to 59 s early. */
const cutToMinute = (timeMs: number): string =>
  `${new Date(timeMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length)}Z`;

/** As Node has them. */
const lowerCased = (headers: Record<string, string>): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** RUNNING statuses that say that the rate is limited. */
function rateLimits(run: Run): NonNullable<Message['trace']>[] {
  return run.messages.flatMap(({trace}) => (trace?.stream_status?.reasons ? [trace] : []));
}

function expectComplete(run: Run, count: number): void {
  expect(run).toMatchObject({code: 0, stderr: '', errors: []});
  expect(run.statuses.at(-1)).toBe('COMPLETE');
  expect(run.records).toHaveLength(count);
}

describe('a failure that passes', () => {
  const SERVER_DATE = new Date(NOW).toUTCString();
  const IN_90_S = new Date(NOW + 90_000).toUTCString();
  const IN_1_H = new Date(NOW + HOUR).toUTCString();
  const IN_2_MIN = new Date(NOW + 2 * MINUTE).toISOString();

  test.each<[string, number, Record<string, string>, [number, number]]>([
    ['no hint', 503, {}, [375, 630]],
    ['seconds', 429, {'Retry-After': '40'}, [40_000, 44_300]],
    ['seconds on a 503', 503, {'Retry-After': '40'}, [40_000, 44_300]],
    ['a date', 429, {'Retry-After': IN_90_S, Date: SERVER_DATE}, [90_000, 99_300]],
    [
      'a date of a server whose clock is ahead',
      429,
      {'Retry-After': new Date(NOW + HOUR + 90_000).toUTCString(), Date: IN_1_H},
      [90_000, 99_300],
    ],
    ['a date that has passed', 429, {'Retry-After': SERVER_DATE}, [375, 630]],
    ['no seconds', 429, {'Retry-After': '0'}, [375, 630]],
    [
      'no seconds, and X-RateLimit-Reset',
      429,
      {'Retry-After': '0', 'X-RateLimit-Reset': IN_2_MIN},
      [2 * MINUTE, 132_300],
    ],
    ['X-RateLimit-Reset', 429, {'X-RateLimit-Reset': IN_2_MIN}, [2 * MINUTE, 132_300]],
    [
      'X-RateLimit-Reset, cut to the minute',
      429,
      {'X-RateLimit-Reset': cutToMinute(NOW + 2 * MINUTE)},
      [3 * MINUTE, 198_300],
    ],
    [
      'Retry-After, and a later X-RateLimit-Reset',
      429,
      {'Retry-After': '3', 'X-RateLimit-Reset': IN_2_MIN},
      [2 * MINUTE, 132_300],
    ],
    [
      'Retry-After, and an earlier X-RateLimit-Reset',
      429,
      {'Retry-After': '150', 'X-RateLimit-Reset': IN_2_MIN},
      [150_000, 165_300],
    ],
    [
      'X-RateLimit-Reset that has passed',
      429,
      {'X-RateLimit-Reset': cutToMinute(NOW - MINUTE)},
      [375, 630],
    ],
    [
      'X-RateLimit-Reset, cut to the minute: what was cut off makes it not too long',
      429,
      {'X-RateLimit-Reset': cutToMinute(NOW + 15 * MINUTE)},
      [900_000, 990_300],
    ],
    [
      'garbage, then X-RateLimit-Reset',
      429,
      {'Retry-After': 'soon', 'X-RateLimit-Reset': IN_2_MIN},
      [2 * MINUTE, 132_300],
    ],
    ['garbage', 429, {'Retry-After': 'soon', 'X-RateLimit-Reset': 'later'}, [375, 630]],
    ['a negative number', 429, {'Retry-After': '-30'}, [375, 630]],
    ['almost the longest wait', 429, {'Retry-After': '900'}, [900_000, 990_300]],
  ])('%s: comes back in time', async (_, status, headers, [least, most]) => {
    for (const random of [0, 0.5, 0.999]) {
      const waits: number[] = [];
      const clock = {
        ...systemClock,
        now: () => NOW,
        monotonicMs: () => 0,
        sleep: async (ms: number) => void waits.push(ms),
        random: () => random,
      };
      const attempt = async (): Promise<void> => {
        if (waits.length === 0) {
          throw judge({status, headers: lowerCased(headers), body: Buffer.from('{}')}, false, NOW);
        }
      };
      const patience = {maxTries: 8, withinMs: Infinity, timeoutMs: MINUTE};
      const http = {get: () => Promise.reject(new Error('nothing is sent'))};
      const nothing = (): void => undefined;
      const deps = {clock, log: {debug: nothing, warn: nothing}, onLimit: nothing};
      const requests = new Requests(http, patience, deps);
      await requests.retrying(attempt);
      expect(waits[0]).toBeGreaterThanOrEqual(least);
      expect(waits[0]).toBeLessThanOrEqual(most);
    }
  });

  test('is waited for by the real clock, too', async () => {
    const sandbox = await confluence({
      intercept: first(1, answer(429, {}, {'Retry-After': '1'})),
    });
    expectComplete(await readInOwnProcess({config: backfill(sandbox), fastClock: false}), 3);
    const [refused, repeated] = auditRequests(sandbox).map(({at}) => at);
    expect(repeated! - refused!).toBeGreaterThanOrEqual(1000);
  });

  test('seven times in a row: waits grow, and vary', async () => {
    const sandbox = await confluence({intercept: first(7, html(502, 'Bad gateway'))});
    expectComplete(await read({config: backfill(sandbox)}), 3);
    const sent = moments(sandbox);
    const waits = sent.slice(1, 8).map((moment, n) => moment - sent[n]!);
    waits.forEach((wait, n) => {
      const even = 500 * 2 ** n;
      expect(wait).toBeGreaterThanOrEqual(0.75 * Math.min(even, 20_000));
      expect(wait).toBeLessThanOrEqual(1.25 * Math.min(even, 20_000) + SLACK_MS);
    });
    expect(new Set(waits.map((wait, n) => wait / 2 ** n)).size).toBeGreaterThan(1);
  });

  test('is counted anew for each request', async () => {
    const failures = new Map<string, number>();
    const flaky: Intercept = (request, response) => {
      const query = JSON.stringify(request.params);
      const count = (failures.get(query) ?? 0) + 1;
      failures.set(query, count);
      return count <= 7 && answer(500)(request, response);
    };
    const sandbox = await confluence({intercept: onAudit(flaky), pageCap: 1});
    const run = await read({config: backfill(sandbox)});
    expectComplete(run, 3);
    expect(run.records.map(asSent)).toEqual([...sandbox.log]);
  });
});

describe('a limited rate', () => {
  test('is told as a status of the stream, with the moment at which it goes on', async () => {
    const sandbox = await confluence({
      intercept: first(2, answer(429, {}, {'Retry-After': '30'})),
    });
    const run = await read({config: backfill(sandbox)});
    expectComplete(run, 3);
    expect(run.statuses).toEqual(['STARTED', 'RUNNING', 'RUNNING', 'RUNNING', 'COMPLETE']);
    const sent = moments(sandbox);
    rateLimits(run).forEach(({stream_status: status, emitted_at: emittedAt}, n) => {
      const quotaReset = status!.reasons![0]!.rate_limited!.quota_reset;
      expect(status).toEqual({
        stream_descriptor: {name: 'audit_records'},
        status: 'RUNNING',
        reasons: [{type: 'RATE_LIMITED', rate_limited: {quota_reset: quotaReset}}],
      });
      expect(quotaReset).toBeGreaterThanOrEqual(emittedAt + 30_000);
      expect(sent[n + 1]).toBeGreaterThanOrEqual(quotaReset);
    });
    expect(rateLimits(run)).toHaveLength(2);
  });

  test('a server that is merely down is not told as one', async () => {
    const sandbox = await confluence({intercept: first(2, answer(503))});
    expect(rateLimits(await read({config: backfill(sandbox)}))).toEqual([]);
  });

  test.each([
    '1000000000',
    '901',
    '99999999999999999999',
    new Date(NOW + 16 * MINUTE).toUTCString(),
  ])('Retry-After: %s is not waited for', async (retryAfter) => {
    const reset = {'X-RateLimit-Reset': cutToMinute(NOW + MINUTE)};
    const sandbox = await confluence({
      intercept: onAudit(answer(429, {}, {'Retry-After': retryAfter, ...reset})),
    });
    const run = await read({config: backfill(sandbox)});
    expectFailedRead(run, {
      type: 'transient_error',
      says: [/limits the rate/, /Tried once; the server asks to come back in \d+ minutes/],
    });
    expect(auditRequests(sandbox)).toHaveLength(1);
  });

  describe('for ten minutes: the sync goes on, and says so as long as it lasts', () => {
    test.each<[string, (sentMs: number) => Record<string, string>]>([
      ['without a hint', () => ({})],
      ['Retry-After: 0', () => ({'Retry-After': '0'})],
      ['Retry-After in seconds', () => ({'Retry-After': '60'})],
      ['Retry-After, always the same date', () => ({'Retry-After': new Date(NOW).toUTCString()})],
      [
        'Retry-After as a date',
        (sentMs) => ({
          'Retry-After': new Date(sentMs + 90_000).toUTCString(),
          Date: new Date(sentMs).toUTCString(),
        }),
      ],
      [
        'X-RateLimit-Reset',
        (sentMs) => ({
          'X-RateLimit-Reset': cutToMinute(sentMs),
          Date: new Date(sentMs).toUTCString(),
        }),
      ],
    ])('%s', async (_, hint) => {
      const sandbox = await confluence({log: logOf(40), pageCap: 10});
      let firstMs: number | undefined;
      sandbox.options.intercept = after(2, (request, response) => {
        firstMs ??= sentAt(request);
        const isLimited = sentAt(request) < firstMs + 10 * MINUTE;
        return isLimited && answer(429, {}, hint(sentAt(request)))(request, response);
      });
      const run = await read({config: backfill(sandbox)});
      expectComplete(run, 40);
      expect(Math.max(...moments(sandbox)) - firstMs!).toBeGreaterThanOrEqual(10 * MINUTE);
      const resets = rateLimits(run).map(
        ({stream_status: status}) => status!.reasons![0]!.rate_limited!.quota_reset,
      );
      expect(resets.length).toBeGreaterThan(4);
      expect(Math.max(...resets)).toBeGreaterThanOrEqual(firstMs! + 10 * MINUTE);
      expect(auditRequests(sandbox).length).toBeLessThan(200);
    });
  });

  test('uses up no try', async () => {
    const refusals = [...Array<number>(12).fill(429), 500, 503, 500];
    const sandbox = await confluence({
      intercept: onAudit((request, response) => {
        const status = refusals.shift();
        return status !== undefined && answer(status, {})(request, response);
      }),
    });
    expectComplete(await read({config: backfill(sandbox)}), 3);
  });

  test('for more than fifteen minutes without an answer is a failure', async () => {
    const sandbox = await confluence({intercept: onAudit(answer(429))});
    const run = await read({config: backfill(sandbox)});
    expectFailedRead(run, {type: 'transient_error', says: [/HTTP 429/, /Tried \d+ times/]});
    const sent = moments(sandbox);
    expect(sent.at(-1)! - sent[0]!).toBeGreaterThanOrEqual(15 * MINUTE);
    expect(sent.at(-1)! - sent[0]!).toBeLessThan(17 * MINUTE);
  });

  test.each([429, 503])('%i with a hint: nobody sends before the time has come', async (status) => {
    const sandbox = await confluence({log: logOf(3000), pageCap: 50, delayMs: 10});
    sandbox.options.intercept = onAudit(
      answer(status, {}, {'Retry-After': '1'}),
      (number) => number === 40,
    );
    // By the real clock: a sleep that is skipped leaves nobody the time.
    expectComplete(await readInOwnProcess({config: backfill(sandbox), fastClock: false}), 3000);
    const sent = auditRequests(sandbox).map(({at}) => at);
    const refusedMs = sent[39]!;
    const meanwhile = sent.slice(40).filter((ms) => ms < refusedMs + 1000);
    // Those that were under way already.
    expect(meanwhile.length).toBeLessThan(4);
    expect(sent.length).toBeGreaterThan(60);
  });

  test.each([-60, 60])('somebody sets the clock by %i minutes: nobody waits longer', async (by) => {
    const sandbox = await confluence({
      log: logOf(40),
      pageCap: 10,
      intercept: onAudit(answer(429, {}, {'Retry-After': '30'}), (number) => number === 3),
    });
    const env = {CLOCK_STEP_MS: String(by * MINUTE)};
    const run = await read({config: backfill(sandbox), env});
    expectComplete(run, 40);
    expect(run.livedMs).toBeGreaterThanOrEqual(30_000);
    expect(run.livedMs).toBeLessThan(5 * MINUTE);
  });

  test.each<[string, Intercept]>([
    ['429', answer(429, {}, {'Retry-After': '1'})],
    [
      'X-RateLimit-NearLimit',
      (_request, response) => {
        response.setHeader('X-RateLimit-NearLimit', 'true');
        return false;
      },
    ],
  ])('%s slows a sync down to one request at a time', async (_, sign) => {
    const sandbox = await confluence({log: logOf(3000), pageCap: 50, delayMs: 10});
    let inFlight = 0;
    const most = {before: 0, after: 0};
    sandbox.options.intercept = onAudit((request, response) => {
      const number = auditRequests(sandbox).length;
      if (number === 40) {
        return sign(request, response);
      }
      inFlight++;
      response.on('close', () => inFlight--);
      if (number < 40) {
        most.before = Math.max(most.before, inFlight);
      } else if (number > 45 && number < 60) {
        most.after = Math.max(most.after, inFlight);
      }
      return false;
    });
    expectComplete(await read({config: backfill(sandbox)}), 3000);
    expect(auditRequests(sandbox).length).toBeGreaterThan(60);
    expect(most).toEqual({before: 4, after: 1});
  });
});

describe('a sync that has had an answer', () => {
  const PASSING: [string, Intercept, RegExp][] = [
    ['401', answer(401, {code: 401, message: 'Unauthorized'}), /refused the API token/],
    [
      '403',
      answer(403, {message: 'Current user not permitted to use Confluence'}),
      /refused the API token/,
    ],
    ['404', answer(404, {message: 'NOT_FOUND'}), /no Confluence at this cloud id/],
  ];

  test.each(PASSING)('survives two passing %s', async (_, script) => {
    const sandbox = await confluence({
      pageCap: 2,
      intercept: onAudit(script, (number) => number === 2 || number === 3),
    });
    const run = await read({config: backfill(sandbox)});
    expectComplete(run, 3);
    expect(run.records.map(asSent)).toEqual([...sandbox.log]);
  });

  test.each(PASSING)(
    'fails after two delayed tries of a %s that stays',
    async (_, script, says) => {
      const sandbox = await confluence({pageCap: 2, intercept: after(1, script)});
      const run = await read({config: backfill(sandbox)});
      expectFailedRead(run, {type: 'config_error', says: [says, /Tried 3 times/]});
      const [, ...sent] = moments(sandbox);
      expect(sent).toHaveLength(3);
      expect(sent[1]! - sent[0]!).toBeGreaterThanOrEqual(1000);
      expect(sent[2]! - sent[1]!).toBeGreaterThanOrEqual(1000);
    },
  );

  test('fails with what is complete, and the next sync goes on from there', async () => {
    const log = generateLog({
      seed: 2,
      count: 9000,
      from: NOW - 30 * DAY,
      to: NOW,
      shape: 'even',
    });
    let hasState = false;
    const sandbox = await confluence({
      log,
      pageCap: 100,
      intercept: onAudit(answer(500), () => hasState),
    });
    const config = backfill(sandbox);
    const onStart = onState(() => (hasState = true));
    const failed = await readInOwnProcess({config, onStart});
    expectFailedRead(failed, {type: 'transient_error', says: /HTTP 500/});
    sandbox.options.intercept = undefined;
    const resumed = await read({config, state: stateInput(failed.states.at(-1))});
    assertExactly([...failed.records, ...resumed.records], log);
  });

  test('fails before a checkpoint is due: a STATE comes all the same', async () => {
    const sandbox = await confluence({
      log: logOf(3000),
      pageCap: 50,
      intercept: after(50, answer(400)),
    });
    const run = await read({config: backfill(sandbox)});
    expectFailedRead(run, {type: 'system_error', says: /HTTP 400/});
    expect(run.records.length).toBeGreaterThan(0);
    const held = run.messages.map(({state}) => state?.sourceStats.recordCount ?? 0);
    expect(held.reduce((sum, count) => sum + count)).toBe(run.records.length);
  });
});
