import {describe, expect, test} from '@jest/globals';

import type {AuditRecord} from '../src/confluence/page';
import {Coverage} from '../src/reading/coverage';
import {provenBy, readingOf} from '../src/reading/reading';
import type {Window} from '../src/reading/windows';

const WHOLE = window(0, 100);

function window(fromMs: number, toMs: number): Window {
  return {fromMs, toMs};
}

function record(timeMs: number, hash = 'one'): AuditRecord {
  return {timeMs, hash, json: Buffer.from('{}'), replaced: 0};
}

function timesOf(records: readonly AuditRecord[] | undefined): number[] | undefined {
  return records?.map(({timeMs}) => timeMs);
}

describe('where nothing surfaces any more', () => {
  test('answers that differ where they overlap are believed there neither of them', () => {
    const coverage = new Coverage(WHOLE, Infinity);
    coverage.add(readingOf(window(0, 60), [record(10), record(50, 'one')]));
    coverage.add(readingOf(window(40, 100), [record(50, 'another'), record(90)]));
    expect(coverage.gaps()).toEqual([window(39, 100)]);
    coverage.add(readingOf(window(30, 100), [record(50, 'another'), record(90)]));
    expect(timesOf(coverage.take()?.records)).toEqual([10, 50, 90]);
    expect(coverage.isDone).toBe(true);
  });

  test('an answer without a record that ended another is not believed', () => {
    const coverage = new Coverage(WHOLE, Infinity);
    coverage.add(provenBy([10, 20, 30].map((ms) => record(ms))));
    coverage.add(readingOf(window(25, 60), []));
    expect(coverage.gaps()).toEqual([window(0, 10), window(24, 100)]);
  });

  test('answers that go on contradicting each other are a failure', () => {
    const coverage = new Coverage(WHOLE, Infinity);
    const contradict = (): void => {
      for (let times = 0; times < 100; times++) {
        coverage.add(readingOf(WHOLE, times % 2 === 0 ? [record(50)] : []));
        coverage.add(readingOf(window(50, 100), times % 2 === 0 ? [] : [record(50)]));
      }
    };
    expect(contradict).toThrow(/contradict each other/);
  });
});

describe('what was shown and not proven', () => {
  test('is not missing from what is believed of what is settled', () => {
    const coverage = new Coverage(WHOLE, Infinity);
    coverage.note([record(50)]);
    coverage.add(readingOf(WHOLE, [record(10)]));
    expect(coverage.gaps()).toEqual([WHOLE]);
    coverage.add(readingOf(WHOLE, [record(10), record(50)]));
    expect(timesOf(coverage.take()?.records)).toEqual([10, 50]);
  });

  test('is there within the lookback, though the answer that is believed lacks it', () => {
    const coverage = new Coverage(WHOLE, 40);
    coverage.note([record(50)]);
    coverage.add(readingOf(WHOLE, [record(10)]));
    expect(coverage.take()?.records).toEqual([record(10), record(50)]);
  });
});

describe('within the lookback', () => {
  test('what either of two answers showed is there', () => {
    const coverage = new Coverage(WHOLE, 40);
    coverage.add(readingOf(window(0, 60), [record(10), record(50, 'one')]));
    coverage.add(readingOf(window(40, 100), [record(50, 'another')]));
    expect(timesOf(coverage.take()?.records)).toEqual([10, 50, 50]);
  });

  test('twins are as many as the answer has that has more', () => {
    const coverage = new Coverage(WHOLE, 40);
    coverage.add(readingOf(window(0, 60), [record(50)]));
    coverage.add(readingOf(window(40, 100), [record(50), record(50)]));
    expect(timesOf(coverage.take()?.records)).toEqual([50, 50]);
  });
});

test('nothing is handed on before what comes after it was held against it', () => {
  const coverage = new Coverage(WHOLE, Infinity);
  coverage.add(readingOf(window(0, 60), [record(10), record(50)]));
  expect(coverage.take()).toBeUndefined();
  coverage.add(readingOf(window(40, 80), [record(50), record(70)]));
  expect(coverage.take()).toEqual({window: window(0, 60), records: [record(10), record(50)]});
});

test('what is forgotten is asked for again', () => {
  const coverage = new Coverage(WHOLE, Infinity);
  coverage.add(readingOf(window(0, 60), [record(10)]));
  coverage.forget();
  expect(coverage.gaps()).toEqual([WHOLE]);
});
