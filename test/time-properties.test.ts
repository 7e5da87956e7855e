import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';

import {expect, jest, test} from '@jest/globals';
import fc from 'fast-check';

import {backoffMs, jitterMs, requestedWaitMs} from '../src/http/retry-timing';
import {parseInstant} from '../src/clock';
import {tellTime} from '../src/clock';
import {parseState, type StreamState, writeState} from '../src/stream/state';

import {joined, type Window, without} from '../src/reading/windows';
import {runs, SOAK_TIMEOUT_MS} from './support/soak';

jest.setTimeout(SOAK_TIMEOUT_MS);

const HEX_DIGITS = '0123456789abcdef'.split('');

const stretch = fc
  .tuple(fc.nat(60), fc.nat(12))
  .map(([fromMs, length]): Window => ({fromMs, toMs: fromMs + length}));

/** The milliseconds of some windows, of the first hundred. */
function covered(windows: readonly Window[]): boolean[] {
  return Array.from({length: 100}, (_, ms) =>
    windows.some(({fromMs, toMs}) => ms >= fromMs && ms <= toMs),
  );
}

test('what is settled and what is left over share each millisecond out, in order and apart', () => {
  fc.assert(
    fc.property(fc.array(stretch, {maxLength: 6}), stretch, (windows, whole) => {
      const settled = windows.reduce((all: Window[], each) => joined(all, each), []);
      const left = without(whole, settled);
      assert.deepEqual(covered(settled), covered(windows));
      for (const list of [settled, left]) {
        list.forEach(({fromMs, toMs}, n) => {
          assert(fromMs <= toMs && (n === 0 || fromMs > list[n - 1]!.toMs));
        });
      }
      const isSettled = covered(settled);
      const isLeft = covered(left);
      covered([whole]).forEach((isWanted, ms) => {
        assert.equal(isLeft[ms], isWanted && !isSettled[ms]);
      });
    }),
    runs(500),
  );
});

test('of three clocks any one may be wrong by any amount: the time told is never late', () => {
  const wrong = fc.integer({min: -1e12, max: 1e12});
  fc.assert(
    fc.property(
      fc.integer({min: 2e12, max: 3e12}),
      fc.nat(5000),
      fc.constantFrom('serverMs', 'localMs', 'newestMs', 'none'),
      fc.oneof(wrong, fc.constant(undefined)),
      fc.nat(1e12),
      (nowMs, tookMs, liar, offMs, quietMs) => {
        const right = {
          serverMs: Math.floor(nowMs / 1000) * 1000,
          localMs: nowMs,
          newestMs: nowMs - quietMs,
        };
        const isAbsent = offMs === undefined && liar !== 'localMs';
        const lie = isAbsent ? undefined : nowMs + (offMs ?? 0);
        const {atLeastMs, atMostMs} = tellTime({
          ...right,
          tookMs,
          ...(liar !== 'none' && {[liar]: lie}),
        });
        // The log was seen at some moment while the answer was on its way: nothing that can have
        // happened after it is taken for past.
        assert(atLeastMs <= Math.max(nowMs - tookMs, right.newestMs));
        assert(atMostMs >= atLeastMs);
        assert(
          liar === 'serverMs' ||
            liar === 'newestMs' ||
            atLeastMs >= right.newestMs - 6000 ||
            quietMs === 0,
        );
      },
    ),
    runs(1000),
  );
});

const timeMs = fc.integer({min: 0, max: 8.64e15});
const streamState: fc.Arbitrary<StreamState> = fc
  .tuple(
    timeMs,
    timeMs,
    fc.array(fc.tuple(fc.nat(8e15), fc.integer({min: 1, max: 1e12})), {maxLength: 4}),
    fc.array(
      fc.record(
        {
          timeMs,
          key: fc.string({unit: fc.constantFrom(...HEX_DIGITS), minLength: 20, maxLength: 20}),
        },
        {noNullPrototype: true},
      ),
      {maxLength: 20},
    ),
    fc.option(fc.uuid(), {nil: undefined}),
  )
  .map(([creationDate, readFrom, windows, emitted, cloudId]) => ({
    // What was settled lies before the cursor.
    creationDate: Math.max(creationDate, ...windows.map(([fromMs, length]) => fromMs + length)),
    readFrom,
    settled: windows.reduce(
      (all: Window[], [fromMs, length]) => joined(all, {fromMs, toMs: fromMs + length}),
      [],
    ),
    emitted: emitted.sort((a, b) => a.timeMs - b.timeMs),
    ...(cloudId !== undefined && {cloudId}),
  }));

/** As the CDK writes it. */
function zipped(value: unknown): object {
  return {format: 'base64/gzip', data: gzipSync(JSON.stringify(value)).toString('base64')};
}

test('a state that was written is the state that is read, in every form it is handed over', () => {
  fc.assert(
    fc.property(streamState, (wanted) => {
      const state = writeState(wanted);
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
        assert.deepEqual(parseState(saved), wanted);
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

test('what is not a time is not a wait of nought: the usual pause comes before the next try', () => {
  for (const garbage of ['soon', 'abc 1', 'May 5', 'Mon', 'December 17, 1995 03:24:00', '-1', '']) {
    expect(requestedWaitMs({'retry-after': garbage}, Date.UTC(2026, 0, 1))).toBeUndefined();
  }
});

test('a date without a zone is not a date: the machine stands in any', () => {
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
