import {join} from 'node:path';

import {describe, expect, test} from '@jest/globals';

import type {Intercept} from '../sandbox/options';
import {answer, first, onAudit, silence} from './support/answers';
import {auditRequests, confluence, logOf} from './support/confluence';
import {logsOf, runConnector as runOwnProcess} from './support/connector';
import {expectFailedCheck} from './support/expect-failure';
import {runConnector} from './support/resident';

const MINUTE = 60_000;

describe('check succeeds', () => {
  test.each([
    ['at once', undefined],
    ['after two failures that pass', first(2, answer(503))],
  ])('%s, by asking the audit log for one record', async (_, intercept) => {
    const sandbox = await confluence({intercept});
    const run = await runConnector('check', {config: sandbox.settings()});
    expect(run).toMatchObject({code: 0, stderr: '', errors: [], records: [], states: []});
    const statuses = run.messages.flatMap(({connectionStatus}) => connectionStatus ?? []);
    expect(statuses).toEqual([{status: 'SUCCEEDED'}]);
    const asked = auditRequests(sandbox).filter(({status}) => status === 200);
    expect(asked[0]).toMatchObject({params: {limit: '1'}});
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  test.each<[string, object, object, string[]]>([
    [
      'all there is to tell',
      {retention: {number: 3, units: 'MONTHS'}},
      {backfill_start_time: '2026-01-31'},
      [
        'The newest record that its audit log shows is of 2026-06-15T10:00:00.000Z',
        'It keeps records for 3 months',
        'A first sync will start at 2026-01-31T00:00:00.000Z.',
      ],
    ],
    ...(['oldest-first', 'shuffled'] as const).map((order): [string, object, object, string[]] => [
      `of a log that is shown ${order}`,
      {order, log: logOf(900)},
      {},
      ['The newest record that its audit log shows is of 2026-06-15T10:00:00.000Z'],
    ]),
    [
      'an empty log, and no start',
      {log: logOf(0)},
      {},
      ['Its audit log shows no record', 'will fetch no past record'],
    ],
  ])('and tells what it found: %s', async (_, options, settings, told) => {
    const sandbox = await confluence(options);
    const run = await runConnector('check', {config: {...sandbox.settings(), ...settings}});
    const logs = logsOf(run, 'INFO');
    expect(logs).toHaveLength(1);
    for (const words of [`cloud id ${sandbox.options.cloudId}`, ...told]) {
      expect(logs[0]).toContain(words);
    }
  });
});

describe('check gives up within a minute', () => {
  test.each<[string, Intercept, RegExp]>([
    ['no answer to the look-up', silence, /did not answer in time/],
    ['no answer of the audit log', onAudit(silence), /did not answer in time/],
    ['Retry-After of ten minutes', answer(429, {}, {'Retry-After': '600'}), /no time for another/],
    [
      'an answer that comes late, and then a 403, which may be passing',
      answeredLate(answer(403, 'Closed.')),
      /HTTP 403.*no time for another/,
    ],
    ['Retry-After of twenty seconds', answer(503, {}, {'Retry-After': '20'}), /HTTP 503/],
    [
      'a look-up that succeeds late, and no answer of the audit log',
      lookedUpLate(),
      /did not answer/,
    ],
  ])('%s', async (_, script, says) => {
    const sandbox = await confluence({intercept: script});
    const run = await runConnector('check', {
      config: sandbox.settings({cloud_id: 'acme.atlassian.net'}),
      env: {FAST_TIMEOUT_MS: '200'},
    });
    expectFailedCheck(run, says);
    expect(run.livedMs).toBeLessThanOrEqual(MINUTE);
  });
});

/** What is waited for in these runs takes so many times less than it says. */
const HURRY = 8;

/** Answers that go on and on, a little at a time. */
const DRIPPING = [
  ['HTTP/1.1 200 OK\r\n', 'X-Filler: x\r\n'],
  ['', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\n\r\n{"results":[', ' '],
  ['HTTP/1.1 500 Oops\r\n\r\n', 'x'],
] as const;

test('an answer of which a little comes now and then, for ever: check ends within a minute', async () => {
  await Promise.all(
    DRIPPING.map(async ([begin, more]) => {
      const sandbox = await confluence({intercept: onAudit(dripping(begin, more))});
      const startedMs = Date.now();
      const run = await runOwnProcess('check', {
        config: sandbox.settings(),
        env: {
          NODE_OPTIONS: `--require=${join(__dirname, 'support', 'hurried-clock.cjs')}`,
          HURRY: String(HURRY),
        },
      });
      expectFailedCheck(run, /did not answer in time/);
      const askedMs = auditRequests(sandbox)[0]!.at;
      const waitedMs = (Date.now() - askedMs) * HURRY;
      expect(askedMs - startedMs + waitedMs).toBeLessThan(MINUTE);
    }),
  );
});

function dripping(begin: string, more: string): Intercept {
  return (_request, response) => {
    const socket = response.socket!;
    socket.write(begin);
    const timer = setInterval(() => socket.write(more), 500 / HURRY);
    socket.on('error', () => undefined).on('close', () => clearInterval(timer));
    return true;
  };
}

/** Two requests for the audit log get no answer, the third one a good one, and `then` all others. */
function answeredLate(then: Intercept): Intercept {
  let number = 0;
  return onAudit((...asked) => {
    number++;
    return number < 3 || (number > 3 && then(...asked));
  });
}

/** Two tenant look-ups get no answer, the third one does; the audit log gives none. */
function lookedUpLate(): Intercept {
  let lookUps = 0;
  return ({path}) => path !== '/_edge/tenant_info' || ++lookUps <= 2;
}
