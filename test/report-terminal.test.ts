import {describe, expect, test} from '@jest/globals';
import {EventCounts} from '../demo/report/event-counts';
import type {Summary} from '../demo/report/summarise';
import {renderTerminal, wantsColour} from '../demo/report/terminal';
import {fitText, widthOf} from '../demo/report/terminal-text';

const HOUR_MS = 3_600_000;

/** Events at these hours after a Monday's midnight. */
function summaryOf(hours: readonly number[], category = 'Spaces'): Summary {
  const counts = new EventCounts();
  hours.forEach((hour) =>
    counts.add({
      creationDate: Date.UTC(2026, 5, 1) + hour * HOUR_MS,
      category,
      summary: 'Space exported',
    }),
  );
  return {
    ...counts.summary(),
    file: 'messages.jsonl',
    lines: hours.length,
    skipped: {garbage: 0, foreign: 0, untimed: 0},
    sync: {status: '', states: 0, cursor: undefined, warnings: 0, errors: 0, notices: []},
  };
}

describe('renderTerminal', () => {
  test('draws events over time and by category', () => {
    const rows = renderTerminal(summaryOf([0, 1, 1, 3, 3, 3, 3]), {columns: 40}).split('\n');
    expect(rows).toEqual([
      '7 audit records',
      '1 Jun 2026 to 1 Jun 2026 UTC',
      '',
      'What needs your eyes?',
      '7 Exports',
      '',
      'Events per hour',
      '4 │                  ██████',
      '  │                  ██████',
      '  │                  ██████',
      '  │      ██████      ██████',
      '  │▄▄▄▄▄▄██████      ██████',
      '0 │████████████      ██████',
      '   1 Jun 2026, 00:00',
      '',
      'Spaces 7 ███████████████████████████████',
    ]);
  });

  test.each([32, 47, 80, 140])('keeps within %d columns', (columns) => {
    const years = Array.from({length: 900}, (_, index) => index * 31 + (index % 7));
    const summary = summaryOf(years, 'An uncommonly long category, longer than any other one is');
    const rows = renderTerminal(summary, {columns}).split('\n');
    expect(rows.filter((row) => widthOf(row) > columns)).toEqual([]);
  });

  test('has colours only when asked to', () => {
    expect(renderTerminal(summaryOf([1]))).not.toContain('\u001B');
    expect(renderTerminal(summaryOf([1]), {colour: true})).toContain('\u001B[34m');
  });

  test('an empty summary has no chart', () => {
    expect(renderTerminal(summaryOf([]))).toBe('0 audit records');
  });

  test('lets no text from the log steer the terminal', () => {
    const text = renderTerminal(summaryOf([1], '\u202Eevil\u001B[2J\u0007 ok'));
    expect(text).toContain('evil[2J ok');
    expect(['\u202E', '\u001B', '\u0007'].filter((mark) => text.includes(mark))).toEqual([]);
  });
});

test('wide and combining characters are counted as a terminal shows them', () => {
  expect(widthOf('\u6F22\u5B57')).toBe(4);
  expect(widthOf('e\u0301')).toBe(1);
  expect(fitText('\u6F22\u5B57\u6F22\u5B57', 6)).toBe('\u6F22\u5B57… ');
  expect(fitText('ab', 4)).toBe('ab  ');
});

test('takes colours on a terminal without NO_COLOR', () => {
  expect(wantsColour({isTTY: true}, {})).toBe(true);
  expect(wantsColour({isTTY: true}, {NO_COLOR: '1'})).toBe(false);
  expect(wantsColour({}, {})).toBe(false);
});
