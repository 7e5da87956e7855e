import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';

import {expect, jest, test} from '@jest/globals';
import fc from 'fast-check';

import {backoffMs, jitterMs, requestedWaitMs} from '../src/http/retry-timing';
import {parseInstant} from '../src/instant';
import {readWindows} from '../src/read-windows';
import {parseState, type StreamState} from '../src/state';
import {type Part, Plan, type Reading, type Window} from '../src/windows';
import {runs, SOAK_TIMEOUT_MS} from './support/soak';

jest.setTimeout(SOAK_TIMEOUT_MS);

/** A log as a list of times, and how many records an answer holds. */
interface ToyLog {
  readonly times: readonly number[];
  readonly pageSize: number;
  readonly isNewestFirst: boolean;
}

const HEX_DIGITS = '0123456789abcdef'.split('');
const END_MS = 10_000;
const toyLog: fc.Arbitrary<ToyLog> = fc.record({
  times: fc
    .array(fc.oneof(fc.nat(END_MS), fc.nat(40), fc.constantFrom(5000, 5000, 5001)), {
      maxLength: 120,
    })
    .map((times) => times.sort((a, b) => a - b)),
  pageSize: fc.integer({min: 1, max: 30}),
  isNewestFirst: fc.boolean(),
});

/** Reads a window as WindowReader does: all, or one end of it, or one crowded millisecond. */
function readToy({times, pageSize, isNewestFirst}: ToyLog, window: Window): Reading<number[]> {
  const inside = (fromMs: number, toMs: number): Part<number[]> => {
    const content = times.filter((time) => time >= fromMs && time <= toMs);
    return {window: {fromMs, toMs}, content, count: content.length};
  };
  const {fromMs, toMs} = window;
  const found = inside(fromMs, toMs).content;
  if (found.length <= pageSize) {
    return {complete: [inside(fromMs, toMs)], open: [], kind: 'whole'};
  }
  const shown = isNewestFirst ? found.slice(-pageSize) : found.slice(0, pageSize);
  const first = shown[0]!;
  const last = shown.at(-1)!;
  if (isNewestFirst && first < toMs) {
    return {complete: [inside(first + 1, toMs)], open: [{fromMs, toMs: first}], kind: 'cut'};
  }
  if (!isNewestFirst && last > fromMs) {
    return {complete: [inside(fromMs, last - 1)], open: [{fromMs: last, toMs}], kind: 'cut'};
  }
  const crowded = isNewestFirst ? toMs : fromMs;
  const rest = isNewestFirst ? {fromMs, toMs: toMs - 1} : {fromMs: fromMs + 1, toMs};
  return {
    complete: [inside(crowded, crowded)],
    open: rest.fromMs > rest.toMs ? [] : [rest],
    kind: 'crowded',
  };
}

test('windows come side by side and oldest first, whatever answers hold and however they overtake', async () => {
  const property = fc.asyncProperty(
    toyLog,
    fc.integer({min: 200, max: 2000}),
    fc.scheduler(),
    async (log, recordsPerAnswer, scheduler) => {
      const whole = {fromMs: 0, toMs: END_MS};
      const read = scheduler.scheduleFunction((window: Window) =>
        Promise.resolve(readToy(log, window)),
      );
      const unknown: Reading<number[]> = {complete: [], open: [whole], kind: 'whole'};
      const contents: number[] = [];
      let nextMs = 0;
      const reading = (async () => {
        for await (const part of readWindows(whole, unknown, read, () => recordsPerAnswer)) {
          assert.equal(part.window.fromMs, nextMs);
          assert(part.window.toMs >= part.window.fromMs);
          nextMs = part.window.toMs + 1;
          contents.push(...part.content);
        }
      })();
      await scheduler.waitFor(reading);
      assert.equal(nextMs, END_MS + 1);
      assert.deepEqual(contents, log.times);
    },
  );
  await fc.assert(property, runs(400));
});

test('what is complete before a failure comes, and then the failure', async () => {
  const property = fc.asyncProperty(
    toyLog,
    fc.nat(10),
    fc.scheduler(),
    async (log, good, scheduler) => {
      const whole = {fromMs: 0, toMs: END_MS};
      let left = good;
      const read = async (window: Window): Promise<Reading<number[]>> => {
        await scheduler.schedule(Promise.resolve());
        if (left-- > 0) {
          return readToy(log, window);
        }
        throw new Error('it failed');
      };
      const unknown: Reading<number[]> = {complete: [], open: [whole], kind: 'whole'};
      let nextMs = 0;
      const reading = (async (): Promise<unknown> => {
        try {
          for await (const part of readWindows(whole, unknown, read, () => 200)) {
            assert.equal(part.window.fromMs, nextMs);
            nextMs = part.window.toMs + 1;
          }
          return undefined;
        } catch (error) {
          return error;
        }
      })();
      const failure = await scheduler.waitFor(reading);
      assert.equal(failure === undefined, nextMs === END_MS + 1);
    },
  );
  await fc.assert(property, runs(200));
});

test('a plan hands out each millisecond once', () => {
  fc.assert(
    fc.property(
      toyLog,
      fc.array(fc.record({records: fc.integer({min: 200, max: 2000}), answers: fc.nat(3)})),
      (log, turns) => {
        const plan = new Plan<number[]>({fromMs: 0, toMs: END_MS});
        const out: Window[] = [];
        let nextMs = 0;
        const take = (): void => {
          for (let part = plan.shift(); part; part = plan.shift()) {
            assert.equal(part.window.fromMs, nextMs);
            nextMs = part.window.toMs + 1;
          }
        };
        for (const {records, answers} of turns) {
          const window = plan.next(records);
          if (window) {
            out.push(window);
          }
          for (const answered of out.splice(answers)) {
            plan.settle(answered, readToy(log, answered), records);
          }
          take();
        }
        while (!plan.isDone) {
          const window = out.pop() ?? plan.next(200)!;
          plan.settle(window, readToy(log, window), 200);
          take();
        }
        assert.equal(nextMs, END_MS + 1);
      },
    ),
    runs(300),
  );
});

const timeMs = fc.integer({min: 0, max: 8.64e15});
const streamState: fc.Arbitrary<StreamState> = fc.oneof(
  fc.record({creationDate: timeMs}, {noNullPrototype: true}),
  fc.record(
    {
      creationDate: timeMs,
      lookbackFrom: timeMs,
      emitted: fc.array(
        fc.string({unit: fc.constantFrom(...HEX_DIGITS), minLength: 20, maxLength: 20}),
        {maxLength: 20},
      ),
      cloudId: fc.uuid(),
    },
    {noNullPrototype: true},
  ),
);

/** As the CDK writes it. */
function zipped(value: unknown): object {
  return {format: 'base64/gzip', data: gzipSync(JSON.stringify(value)).toString('base64')};
}

test('a state that was written is the state that is read, in every form it is handed over', () => {
  fc.assert(
    fc.property(streamState, (state) => {
      const message = {
        type: 'STREAM',
        stream: {stream_descriptor: {name: 'audit_records'}, stream_state: state},
      };
      const forms = [
        [message],
        {audit_records: state},
        state,
        zipped({audit_records: state}),
        [{type: 'LEGACY', data: {audit_records: state, other: {}}}],
        [{type: 'STATE', state: message}],
        {...message, stream: {...message.stream, stream_state: zipped(state)}},
      ];
      for (const form of forms) {
        const saved: unknown = JSON.parse(JSON.stringify(form));
        assert.deepEqual(parseState(saved, 'audit_records'), state);
      }
    }),
    runs(500),
  );
});

test('a date and time means what Date.UTC says, less its zone', () => {
  const two = (number: number): string => String(number).padStart(2, '0');
  const moment = fc.record({
    date: fc.date({min: new Date('1970-01-03'), max: new Date('2999-12-31'), noInvalidDate: true}),
    digits: fc.nat(6),
    separator: fc.constantFrom('T', 't', ' '),
    zone: fc.oneof(
      fc.constantFrom('', 'Z', 'z'),
      fc
        .tuple(fc.constantFrom('+', '-'), fc.nat(23), fc.nat(59), fc.constantFrom(':', ''))
        .map(([sign, hours, minutes, colon]) => `${sign}${two(hours)}${colon}${two(minutes)}`),
    ),
  });
  fc.assert(
    fc.property(moment, ({date, digits, separator, zone}) => {
      const [day, time] = date.toISOString().slice(0, 19).split('T');
      const fraction = date.toISOString().slice(20, 23).padEnd(6, '9').slice(0, digits);
      const text = `${day}${separator}${time}${fraction && '.'}${fraction}${zone}`;
      const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
      const offsetMs =
        Number(`${sign ?? '+'}1`) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
      const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
      const wholeSeconds = Math.floor(date.getTime() / 1000) * 1000;
      assert.equal(parseInstant(text), wholeSeconds + ms - offsetMs);
      assert.equal(parseInstant(day!), Date.parse(day!));
    }),
    runs(1000),
  );
});

test('a day or a time that does not exist is refused', () => {
  const field = fc.nat(99);
  fc.assert(
    fc.property(fc.tuple(field, field, field, field, field), ([month, day, ...time]) => {
      const [month2, day2, ...time2] = [month, day, ...time].map((n) => String(n).padStart(2, '0'));
      const text = `2026-${month2}-${day2}T${time2.join(':')}Z`;
      // Date.parse takes 24:00:00 and 30 February; what it makes of them is another text.
      const parsed = new Date(text);
      const exists =
        !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text.slice(0, -1));
      if (exists) {
        assert.equal(parseInstant(text), parsed.getTime());
      } else {
        assert.throws(() => parseInstant(text));
      }
    }),
    {...runs(1000), examples: [[[2, 29, 0, 0, 0]], [[2, 28, 24, 0, 0]], [[12, 31, 23, 59, 60]]]},
  );
});

test('whatever a server says about when to come back, the wait is a time or none', () => {
  const text = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.date({noInvalidDate: true}).map((date) => date.toUTCString()),
    fc.date({noInvalidDate: true}).map((date) => date.toISOString()),
    fc.constantFrom('soon', 'NaN', '-1', '1e3', '1'.repeat(400), 'Mon', 'May 5', 'abc 1', ''),
  );
  const headers = fc.record(
    {'retry-after': text, 'x-ratelimit-reset': text, date: text},
    {requiredKeys: []},
  );
  fc.assert(
    fc.property(
      headers,
      timeMs,
      fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}),
      (said, nowMs, chance) => {
        const waitMs = requestedWaitMs(said, nowMs);
        if (waitMs !== undefined) {
          assert(waitMs >= 0);
          assert(waitMs === Infinity || jitterMs(waitMs, chance) >= waitMs);
        }
      },
    ),
    runs(1000),
  );
});

test('what is no time is no wait of nought: the usual pause comes before the next try', () => {
  for (const garbage of ['soon', 'abc 1', 'May 5', 'Mon', 'December 17, 1995 03:24:00', '-1', '']) {
    expect(requestedWaitMs({'retry-after': garbage}, Date.UTC(2026, 0, 1))).toBeUndefined();
  }
});

test('a date with no zone is no date: the machine stands in any', () => {
  const asctime = 'Sun Nov  6 08:49:37 1994';
  expect(requestedWaitMs({'retry-after': asctime}, 0)).toBeUndefined();
});

test('pauses grow, within bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({min: 1, max: 50}),
      fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}),
      (tries, chance) => {
        const ms = backoffMs(tries, chance);
        assert(ms >= 375 && ms <= 25_000);
      },
    ),
    runs(200),
  );
});
