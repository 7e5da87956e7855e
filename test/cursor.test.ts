import {expect, test} from '@jest/globals';

import type {AuditRecord} from '../src/confluence/page';
import {Cursor, unreadOf} from '../src/stream/cursor';
import {MAX_EMITTED, type StreamState} from '../src/stream/state';

const NOW = 1_000_000_000;
const HOUR = 3_600_000;

function record(timeMs: number): AuditRecord {
  const hash = timeMs.toString(16).padEnd(32, '0');
  return {timeMs, hash, json: Buffer.from('{}'), replaced: 0};
}

/** A sync that is shown these records. @returns which of them it emits, and its state */
function sync(
  records: readonly AuditRecord[],
  state?: StreamState,
  backfillStartMs = 0,
): {emitted: number[]; state: StreamState} {
  const start = {state, backfillStartMs, lookbackMs: HOUR};
  const cursor = new Cursor(start, '', {atLeastMs: NOW, atMostMs: NOW, latestMs: NOW});
  const emitted: number[] = [];
  for (const window of unreadOf(start)) {
    const within = records.filter(({timeMs}) => timeMs >= window.fromMs && timeMs <= window.toMs);
    emitted.push(...within.filter((each) => cursor.admit(each, 1)).map(({timeMs}) => timeMs));
    cursor.pass(window);
  }
  return {emitted, state: cursor.toState()};
}

test('what a replica hides in one sync and shows in the next is not emitted again', () => {
  const both = [record(NOW - 2000), record(NOW - 1000)];
  const first = sync(both);
  const hidden = sync(both.slice(0, 1), first.state);
  const shown = sync(both, hidden.state);
  expect([first, hidden, shown].map(({emitted}) => emitted.length)).toEqual([2, 0, 0]);
});

test.each([5, 2 * MAX_EMITTED + 5])(
  'what one state cannot remember is what is oldest: %i',
  (more) => {
    const many = Array.from({length: MAX_EMITTED + more}, (_, n) => record(NOW - 40_000 + n));
    const {state} = sync(many);
    expect(sync(many, state).emitted).toEqual(many.slice(0, more).map(({timeMs}) => timeMs));
  },
);

test('a start that is moved forward changes nothing: what surfaces before it comes', () => {
  const early = record(NOW - HOUR / 2);
  const {state} = sync([]);
  expect(sync([early], state, NOW - HOUR / 4).emitted).toEqual([early.timeMs]);
});
