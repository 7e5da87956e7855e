import {describe, expect, test} from '@jest/globals';
import {join} from 'node:path';

import {AuditLog} from '../sandbox/audit-log';
import type {AuditRecord} from '../sandbox/audit-record';
import {generateEvents, generateLog} from '../sandbox/generate';
import type {SandboxOptions} from '../sandbox/options';
import type {ConnectorSettings, Sandbox} from '../sandbox/server';
import {after, answer, first, onAudit} from './support/answers';
import {auditRequests, backfill, confluence, DAY, HOUR, NOW} from './support/confluence';
import {
  logsOf,
  read as readInOwnProcess,
  type Run,
  type StreamState,
  stateInput,
} from './support/connector';
import {assertExactly} from './support/exactly';
import {read} from './support/resident';

/**
 * What other collectors of this log get wrong (docs/comparison.md), one test each, and what a better one
 * should do. Each names who falls into it. Flat memory for a million records and published numbers are
 * benchmark/'s.
 */

const MINUTE = 60_000;
const SKEWED_CLOCK = join(__dirname, 'support', 'skewed-clock.cjs');
const FAST_CLOCK = join(__dirname, 'support', 'fast-clock.cjs');

/** A log of `count` records within the last ten days, and of everyday shape. */
function everyday(count: number): AuditLog {
  return generateLog({seed: 3, count, from: NOW - 10 * DAY, to: NOW - HOUR, shape: 'office'});
}

/** Different records, all in one millisecond. */
function tie(count: number, timeMs: number, name = 'tie'): AuditRecord[] {
  const [event] = generateEvents({seed: 11, times: [timeMs]});
  return Array.from({length: count}, (_, n) => ({...event!, summary: `${name} ${n}`}));
}

/** One sync from the start of the log, or from a state, that goes well unless told otherwise. */
async function sync(
  sandbox: Sandbox,
  state?: StreamState,
  others: Partial<ConnectorSettings> & {lookback_minutes?: number} = {},
  env?: Record<string, string>,
): Promise<Run> {
  const input = {config: {...backfill(sandbox), ...others}, state: stateInput(state)};
  // What is in an environment counts from a process's start on.
  return env ? readInOwnProcess({...input, env}) : read(input);
}

async function goodSync(...args: Parameters<typeof sync>): Promise<Run & {state: StreamState}> {
  const run = await sync(...args);
  expect(run).toMatchObject({code: 0, stderr: '', errors: []});
  expect(run.statuses.at(-1)).toBe('COMPLETE');
  return {...run, state: run.states.at(-1)!};
}

describe('trap 1: moving the cursor past unread data', () => {
  test('500s from the second page on, then a resume: nothing is lost (Elastic, Wazuh, Grove, Faros CDK lose the older pages)', async () => {
    const log = everyday(2600);
    const sandbox = await confluence({log, intercept: after(1, answer(500))});
    const failed = await sync(sandbox);
    expect(failed).toMatchObject({code: 1, errors: [{failure_type: 'transient_error'}]});
    sandbox.options.intercept = undefined;
    const resumed = await goodSync(sandbox, failed.states.at(-1));
    assertExactly([...failed.records, ...resumed.records], log);
  });

  test('500s in the middle: what was read is not read again (Airbyte: a full refresh starts over)', async () => {
    const log = generateLog({
      seed: 5,
      count: 4500,
      from: NOW - 30 * DAY,
      to: NOW - HOUR,
      shape: 'even',
    });
    const sandbox = await confluence({log, pageCap: 100, intercept: after(30, answer(500))});
    const failed = await sync(sandbox);
    expect(failed.records.length).toBeGreaterThan(1000);
    sandbox.options.intercept = undefined;
    const requests = auditRequests(sandbox).length;
    const resumed = await goodSync(sandbox, failed.states.at(-1));
    assertExactly([...failed.records, ...resumed.records], log);
    const startMs = Number(auditRequests(sandbox)[requests]?.params.startDate);
    expect(startMs).toBeGreaterThanOrEqual(failed.states.at(-1)!.creationDate);
  });

  test('a busy hour of fifteen pages comes whole (Google SecOps keeps the newest 1,000, Wazuh ten pages)', async () => {
    const log = generateLog({
      seed: 4,
      count: 3000,
      from: NOW - 3 * HOUR,
      to: NOW - 2 * HOUR,
      shape: 'even',
    });
    const run = await goodSync(await confluence({log, pageCap: 200}));
    assertExactly(run.records, log);
  });

  test('a first sync that fails leaves the start where it was (a start of "7 days ago" slides)', async () => {
    const log = everyday(50);
    const sandbox = await confluence({log, intercept: first(8, answer(503))});
    const failed = await sync(sandbox);
    expect(failed).toMatchObject({code: 1, states: []});
    const run = await goodSync(sandbox);
    assertExactly(run.records, log);
  });
});

describe('trap 2: treating a failure as emptiness', () => {
  const refusals = [
    [
      '401, a wrong token',
      answer(401, {code: 401, message: 'Unauthorized'}),
      /refused the API token/,
    ],
    [
      '401, no scope',
      answer(401, {code: 401, message: 'Unauthorized; scope does not match'}),
      /scope/,
    ],
    [
      '403, no administrator',
      answer(403, {statusCode: 403, message: 'no permission'}),
      /administrator/,
    ],
    ['403, the Free plan', answer(403, {message: 'you are on Free edition.'}), /Free plan/],
    ['404, another cloud id', answer(404, {code: 404, message: 'Not Found'}), /cloud id/],
    ['500 for ever', answer(500), /HTTP 500/],
    ['429 for ever', answer(429), /HTTP 429/],
    [
      'a login page',
      answer(200, '<html>', {'Content-Type': 'text/html'}),
      /not the Confluence audit log/,
    ],
    ['an empty body', answer(200, ''), /answer was empty/],
    ['an object without results', answer(200, {size: 0}), /not the Confluence audit log/],
  ] as const;

  test.each(refusals)(
    '%s at once: the sync fails, says why, and writes no state (Sentinel writes it before, SecOps after []; #2630, #11475: no data, no reason)',
    async (_name, refusal, message) => {
      const run = await sync(await confluence({intercept: onAudit(refusal)}));
      expect(run).toMatchObject({code: 1, records: [], states: []});
      expect(run.errors[0]?.message).toMatch(message);
      expect(run.statuses.at(-1)).toBe('INCOMPLETE');
    },
  );

  test.each(refusals.filter((_, n) => n % 2 === 1))(
    '%s later: the state names only what came (Faros and archestra warn and go on, Avotrix breaks off)',
    async (_name, refusal, _message) => {
      const log = everyday(600);
      const sandbox = await confluence({log, pageCap: 100, intercept: after(4, refusal)});
      const run = await sync(sandbox);
      expect(run.code).toBe(1);
      expect(run.statuses).not.toContain('COMPLETE');
      const state = run.states.at(-1);
      sandbox.options.intercept = undefined;
      const rest = await goodSync(sandbox, state);
      assertExactly([...run.records, ...rest.records], log);
    },
  );
});

describe('trap 3: ids and bounds at the edges of a millisecond', () => {
  test('records of one millisecond have an id each (Airbyte: the primary key is creationDate)', async () => {
    const log = AuditLog.from(tie(5, NOW - HOUR));
    const run = await goodSync(await confluence({log}));
    assertExactly(run.records, log);
  });

  test('a late record in the very millisecond of the cursor comes (Elastic #13665, XSIAM: + 1 ms; Wazuh script: >)', async () => {
    const [one, other] = tie(2, NOW - 10);
    const log = AuditLog.from([one!]);
    let nowMs = NOW;
    const sandbox = await confluence({log, now: () => nowMs});
    const before = await goodSync(sandbox);
    nowMs += MINUTE;
    log.add(other!, nowMs);
    const next = await goodSync(sandbox, before.state);
    assertExactly(next.records, [other!]);
  });

  test('twins stay two, also when the second surfaces later (Wazuh merges them)', async () => {
    const [event] = tie(1, NOW - HOUR / 2);
    const log = AuditLog.from([event!, event!]);
    let nowMs = NOW;
    const sandbox = await confluence({log, now: () => nowMs});
    const before = await goodSync(sandbox);
    assertExactly(before.records, log);
    nowMs += MINUTE;
    log.add(event!, nowMs);
    const next = await goodSync(sandbox, before.state);
    assertExactly([...before.records, ...next.records], log);
  });

  test('a renamed user and another order of fields change no id (Avotrix, Grove hash the whole record)', async () => {
    const [event] = generateEvents({seed: 2, times: [NOW - HOUR / 2]});
    const {author, ...others} = {...event!, author: {...event!.author, accountId: 'a-1'}};
    const renamed = {
      ...others,
      author: {...author, displayName: 'Ann Now-Married', publicName: 'Ann'},
    };
    const [before, later] = [
      await goodSync(await confluence({log: AuditLog.from([{...others, author}])})),
      await goodSync(await confluence({log: AuditLog.from([renamed])})),
    ];
    expect(later.records[0]?.id).toBe(before.records[0]?.id);
    const again = await goodSync(await confluence({log: AuditLog.from([renamed])}), before.state);
    expect(again.records).toEqual([]);
  });

  test('an id does not tell where in the answers a record stood (atlaslens: start + index)', async () => {
    const log = everyday(300);
    const servers: Partial<SandboxOptions>[] = [
      {},
      {pageCap: 7},
      {order: 'oldest first'},
      {tieOrder: 'reversed', size: 'total'},
    ];
    const runs = await Promise.all(
      servers.map(async (server) => goodSync(await confluence({log, ...server}))),
    );
    const ids = runs.map(({records}) => records.map(({id}) => id).sort());
    expect(new Set(ids.map((each) => each.join())).size).toBe(1);
  });

  test.each(['newest first', 'oldest first'] as const)(
    'ties across the edges of pages and windows, %s (a cursor of the last row, strict or inclusive)',
    async (order) => {
      const times = [NOW - 5 * HOUR, NOW - 4 * HOUR, NOW - 4 * HOUR + 1, NOW - 2 * HOUR];
      const log = AuditLog.from(times.flatMap((time) => tie(9, time)));
      const server = {order, startInclusive: false, endInclusive: false};
      for (const pageCap of [4, 9, 10, 17]) {
        const run = await goodSync(await confluence({log, pageCap, ...server}));
        assertExactly(run.records, log);
      }
    },
  );

  test('3,500 records in one millisecond come, each once (the sync of a directory)', async () => {
    const log = AuditLog.from([
      ...everyday(200),
      ...tie(3500, NOW - 3 * HOUR),
      ...tie(30, NOW - 3 * HOUR + 1),
    ]);
    const run = await goodSync(await confluence({log, tieOrder: 'reversed'}));
    assertExactly(run.records, log);
  });
});

describe('trap 4: a wrong rule for the last page', () => {
  const sizes = ['page', 'total', 'absent'] as const;
  const cases = sizes.flatMap((size) => [true, false].map((nextLink) => ({size, nextLink})));

  test.each(cases)(
    'pages capped at 100, size: $size, next: $nextLink (Coralogix Go, atlaslens: size is the total; Elastic #8406: no end)',
    async (server) => {
      // A multiple of the cap: the last page is a full one.
      const log = everyday(600);
      const run = await goodSync(await confluence({log, pageCap: 100, ...server}));
      assertExactly(run.records, log);
    },
  );

  test('only documented parameters are sent: the sandbox refuses others (XSIAM: end_date, Wazuh script: ?from)', async () => {
    const sandbox = await confluence({log: everyday(2500), pageCap: 1000});
    await goodSync(sandbox);
    const names = new Set(auditRequests(sandbox).flatMap(({params}) => Object.keys(params)));
    expect(['endDate', 'limit', 'start', 'startDate']).toEqual(expect.arrayContaining([...names]));
    expect(sandbox.requests.every(({status}) => status === 200)).toBe(true);
  });

  test('records that appear while pages are read shift nothing (offsets: XSIAM, Grove, Elastic #7898)', async () => {
    const log = everyday(3000);
    let nowMs = NOW;
    const late = generateEvents({
      seed: 8,
      times: Array.from({length: 40}, (_, n) => NOW - 30 * MINUTE + n),
    });
    const [newest] = generateEvents({seed: 9, times: [nowMs]});
    const sandbox = await confluence({
      log,
      pageCap: 300,
      now: () => nowMs,
      intercept: onAudit(() => {
        // Before every answer the log grows at both ends of what is being read.
        const event = late.pop();
        if (event) log.add(event);
        log.add({...newest!, creationDate: nowMs});
        nowMs += 10;
        return false;
      }),
    });
    const before = await goodSync(sandbox);
    sandbox.options.intercept = undefined;
    nowMs += MINUTE;
    const next = await goodSync(sandbox, before.state);
    assertExactly([...before.records, ...next.records], log);
  });
});

describe('trap 5: time', () => {
  test('milliseconds go out, and come out as event time (Wazuh script: seconds; Sentinel CCF: now(); Elastic cloud: seconds)', async () => {
    const sandbox = await confluence({log: AuditLog.from(tie(1, NOW - HOUR - 877))});
    const {records} = await goodSync(sandbox);
    expect(records[0]).toMatchObject({
      creationDate: NOW - HOUR - 877,
      createdAt: new Date(NOW - HOUR - 877).toISOString(),
    });
    for (const {params} of auditRequests(sandbox)) {
      expect(params.startDate ?? '0000000000000').toMatch(/^\d{13}$/);
    }
  });

  test.each([
    ['with an offset', '2026-06-15T05:30:00+05:30'],
    ['without a zone', '2026-06-15T00:00:00'],
    ['a day', '2026-06-15'],
  ])(
    'a start %s means the same wherever the connector runs (Avotrix: a fixed -5:30)',
    async (_name, start) => {
      const midnight = Date.UTC(2026, 5, 15);
      const log = AuditLog.from(
        [midnight - 1, midnight, midnight + 1].flatMap((time) => tie(1, time)),
      );
      for (const zone of ['Asia/Kolkata', 'America/St_Johns']) {
        const {records} = await goodSync(
          await confluence({log}),
          undefined,
          {backfill_start_time: start},
          {TZ: zone},
        );
        expect(records.map(({creationDate}) => creationDate - midnight)).toEqual([0, 1]);
      }
    },
  );

  test.each([
    ['5 minutes ahead', 5 * MINUTE],
    ['5 minutes behind', -5 * MINUTE],
    ['5 hours ahead', 5 * HOUR],
    ['5 hours behind', -5 * HOUR],
  ])(
    'a local clock %s neither loses nor repeats (archestra needs a buffer for it)',
    async (_name, skewMs) => {
      // The connector's clock runs from the real time, so the server's does here, too.
      const startedMs = Date.now();
      let passedMs = 0;
      const log = AuditLog.from(tie(3, startedMs - HOUR));
      log.add(tie(1, startedMs - MINUTE, 'just now')[0]!);
      log.add(tie(1, startedMs + MINUTE, 'soon')[0]!, startedMs + MINUTE);
      log.add(tie(1, startedMs + HOUR, 'later')[0]!, startedMs + HOUR);
      const sandbox = await confluence({log, now: () => Date.now() + passedMs});
      const env = {
        CLOCK_SKEW_MS: String(skewMs),
        NODE_OPTIONS: `--require=${SKEWED_CLOCK} --require=${FAST_CLOCK}`,
      };
      const start = {backfill_start_time: new Date(startedMs - 9 * HOUR).toISOString()};
      const one = await goodSync(sandbox, undefined, start, env);
      expect(one.records).toHaveLength(4);
      passedMs = 2 * MINUTE;
      const two = await goodSync(sandbox, one.state, start, env);
      expect(two.records.map(({summary}) => summary)).toEqual(['soon 0']);
      passedMs = 2 * HOUR;
      const three = await goodSync(sandbox, two.state, start, env);
      expect(three.records.map(({summary}) => summary)).toEqual(['later 0']);
    },
  );

  test.each(['once', 'always'] as const)(
    'a Date of the year 9999, %s: a later sync still brings records',
    async (dateSkew) => {
      const startedMs = Date.now();
      let passedMs = 0;
      const log = AuditLog.from(tie(3, startedMs - HOUR));
      log.add(tie(1, startedMs - MINUTE, 'later')[0]!, startedMs + MINUTE);
      const dateSkewMs = Date.UTC(9999, 0, 1) - startedMs;
      const now = (): number => Date.now() + passedMs;
      const sandbox = await confluence({log, now, dateSkew, dateSkewMs});
      const start = {backfill_start_time: new Date(startedMs - 2 * HOUR).toISOString()};
      const one = await goodSync(sandbox, undefined, start, {});
      passedMs = 2 * MINUTE;
      const two = await goodSync(sandbox, one.state, start, {});
      expect([one.records.length, two.records.length]).toEqual([3, 1]);
    },
  );

  test('no Date header: the local clock is taken, with a warning', async () => {
    const startedMs = Date.now();
    const log = AuditLog.from(tie(3, startedMs - HOUR));
    const sandbox = await confluence({log, now: Date.now, dateHeader: false});
    const start = {backfill_start_time: new Date(startedMs - 2 * HOUR).toISOString()};
    const run = await goodSync(sandbox, undefined, start);
    assertExactly(run.records, log);
    expect(logsOf(run, 'WARN')).toEqual([expect.stringContaining('no Date header')]);
  });
});

describe('the other traps', () => {
  test('`next` is no address: the site that it leads to is not asked (Avotrix leaves the gateway)', async () => {
    const log = everyday(500);
    const pages = await confluence({log, pageCap: 100});
    const other = await confluence();
    pages.options.site = new URL(other.url).host;
    const run = await goodSync(pages);
    assertExactly(run.records, log);
    expect(other.requests).toEqual([]);
    expect(pages.requests.every(({path}) => path.startsWith('/ex/confluence/'))).toBe(true);
  });

  test('fields come under the names that they have (Sentinel DCR reads affectedObject.type)', async () => {
    const unforeseen = {isGuest: true, future: {deep: [1, {b: null}]}, big: 1e21};
    const [event] = tie(1, NOW - HOUR);
    const log = AuditLog.from([{...event!, ...unforeseen}]);
    const {records} = await goodSync(await confluence({log}));
    assertExactly(records, log);
    expect(records[0]).toMatchObject({affectedObject: event!.affectedObject, ...unforeseen});
  });

  test('the state forgets what is older than the lookback (Avotrix never does)', async () => {
    let nowMs = NOW;
    const log = AuditLog.from(tie(500, NOW - MINUTE));
    const sandbox = await confluence({log, now: () => nowMs});
    const full = await goodSync(sandbox);
    expect(full.state['emitted']).toHaveLength(1);
    expect((full.state['emitted'] as unknown[][])[0]).toHaveLength(501);
    nowMs += 2 * HOUR;
    const {state, records} = await goodSync(sandbox, full.state);
    expect([records, state['emitted']]).toEqual([[], []]);
  });
});

describe('what to beat', () => {
  test('an event that is visible 9 minutes late comes, once (Elastic, XSIAM lose it)', async () => {
    let nowMs = NOW;
    const log = AuditLog.from(tie(3, NOW - HOUR));
    log.add(tie(1, NOW - MINUTE, 'late')[0]!, NOW + 8 * MINUTE);
    log.add(tie(1, NOW + 5 * MINUTE, 'newer')[0]!, NOW + 5 * MINUTE);
    const sandbox = await confluence({log, now: () => nowMs});
    const runs = [await goodSync(sandbox)];
    for (const minutes of [6, 9, 12, 120]) {
      nowMs = NOW + minutes * MINUTE;
      runs.push(await goodSync(sandbox, runs.at(-1)!.state));
    }
    assertExactly(
      runs.flatMap(({records}) => records),
      log,
    );
    expect(runs.map(({records}) => records.length)).toEqual([3, 1, 1, 0, 0]);
  });

  test.each([
    ['seconds', '20'],
    ['a date', new Date(NOW + 20_000).toUTCString()],
    ['garbage', 'when it suits'],
  ])(
    'Retry-After as %s is no reason to fail (SecOps: int() of a date ends in "no records")',
    async (_name, value) => {
      const sandbox = await confluence({
        log: everyday(40),
        intercept: first(2, answer(429, {}, {'Retry-After': value})),
      });
      assertExactly((await goodSync(sandbox)).records, sandbox.log);
    },
  );

  test('Retry-After of 10^9 seconds is a failure at once (SecOps sleeps)', async () => {
    const sandbox = await confluence({
      intercept: onAudit(answer(429, {}, {'Retry-After': '1000000000'})),
    });
    const run = await sync(sandbox);
    expect(run).toMatchObject({code: 1, errors: [{failure_type: 'transient_error'}]});
    expect(auditRequests(sandbox)).toHaveLength(1);
  });

  test('a start before what the site keeps is told (nobody does)', async () => {
    const log = everyday(40);
    const sandbox = await confluence({log, retention: {number: 7, units: 'DAYS'}});
    const run = await goodSync(sandbox);
    expect(logsOf(run, 'WARN')).toEqual([
      expect.stringContaining('keeps its audit log for 7 days'),
    ]);
    assertExactly(
      run.records,
      log.records().filter(({creationDate}) => creationDate >= NOW - 7 * DAY),
    );
  });

  test('a start that is yet to come by the clock of the server reads nothing', async () => {
    const sandbox = await confluence({log: everyday(40)});
    const start = {backfill_start_time: new Date(NOW + DAY).toISOString()};
    const run = await goodSync(sandbox, undefined, start);
    expect(run.records).toEqual([]);
    expect(run.statuses.at(-1)).toBe('COMPLETE');
  });

  test('no start: the past is left out, and what happens from then on comes (Monad; XSIAM moves its minute with every run)', async () => {
    let nowMs = NOW;
    const log = everyday(40);
    const sandbox = await confluence({log, now: () => nowMs});
    const nothing = await read({config: sandbox.settings()});
    expect(nothing).toMatchObject({code: 0, records: []});
    const event = tie(1, NOW + 2 * HOUR)[0]!;
    log.add(event);
    nowMs = NOW + 3 * HOUR;
    const run = await read({config: sandbox.settings(), state: stateInput(nothing.states.at(-1))});
    assertExactly(run.records, [event]);
  });

  test.each([
    ['of text', 'yesterday'],
    ['with a time of text', {creationDate: '2026-01-01'}],
    ['of another version', {creationDate: 1, lookbackFrom: 1, emitted: {a: 1}}],
    ['of other fields', {last_run: 17}],
  ])(
    'a state %s is refused, not taken for none (Wazuh moves it aside and starts over)',
    async (_name, state) => {
      const sandbox = await confluence();
      const run = await read({config: backfill(sandbox), state: stateInput(state as StreamState)});
      expect(run).toMatchObject({code: 1, records: [], states: []});
      expect(run.errors[0]).toMatchObject({failure_type: 'config_error'});
      expect(run.errors[0]?.message).toMatch(/state/);
    },
  );

  test('a quiet year costs a handful of requests (Sentinel: one for every 5 minutes)', async () => {
    const log = AuditLog.from([...tie(3, NOW - 360 * DAY), ...tie(2, NOW - DAY)]);
    const sandbox = await confluence({log});
    const start = {backfill_start_time: new Date(NOW - 365 * DAY).toISOString()};
    assertExactly((await goodSync(sandbox, undefined, start)).records, log);
    expect(auditRequests(sandbox).length).toBeLessThan(5);
  });
});
