import {countFindings} from './finding-counts';
import {formatCount, formatDay, formatMinute, formatNumber} from './format';
import type {Summary} from './summarise';
import {fitText, widthOf} from './terminal-text';
import type {TimeLine} from './time-line';

/** `columns`: the terminal's width, 80 when unknown. `colour`: whether it takes ANSI colours. */
export interface TerminalOptions {
  columns?: number | undefined;
  colour?: boolean | undefined;
}

const EIGHTHS_UP = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const EIGHTHS_RIGHT = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const HEIGHT = 6;
const MAX_BAR_WIDTH = 6;
const MIN_COLUMNS = 32;
const MAX_COLUMNS = 140;

/** Wraps text in an ANSI style, or leaves it as it is. */
type Paint = (text: string) => string;

/**
 * A summary as a small page in text: what needs somebody's eyes, events over time and by category. No line is longer than
 * `columns` (at least 32). The text ends without a line feed.
 */
export function renderTerminal(summary: Summary, options: TerminalOptions = {}): string {
  const columns = Math.min(Math.max(options.columns ?? 80, MIN_COLUMNS), MAX_COLUMNS);
  const paint = (code: number): Paint =>
    options.colour === true ? (text) => `\u001B[${code}m${text}\u001B[0m` : (text) => text;
  const [strong, faint, bar] = [paint(1), paint(2), paint(34)] as const;
  const {records, first, last, timeLine} = summary;
  const title = fitText(formatCount(records, 'audit record'), columns).trimEnd();
  const format = columns < 50 ? formatDay : formatMinute;
  const span = `${format(first)} to ${format(last)} UTC`;
  if (records === 0) {
    return strong(title);
  }
  return [
    strong(title),
    faint(fitText(span, columns).trimEnd()),
    '',
    ...renderFindings(summary, columns, strong, faint),
    ...renderTimeLine(timeLine, columns, faint, bar),
    '',
    ...renderCategories(summary, columns, faint, bar),
  ].join('\n');
}

/** Whether a stream takes colours: a terminal, and no NO_COLOR in the environment. */
export function wantsColour(
  stream: {isTTY?: boolean | undefined},
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/** The questions that have an answer, with the number of their answers. */
function renderFindings(summary: Summary, columns: number, strong: Paint, faint: Paint): string[] {
  const found = countFindings(summary).filter(([, count]) => count > 0);
  const width = Math.max(...found.map(([, count]) => formatNumber(count).length));
  const rows = found.map(([title, count]) => {
    const number = formatNumber(count).padStart(width);
    return `${strong(number)} ${fitText(title, columns - width - 1).trimEnd()}`;
  });
  return rows.length === 0 ? [] : [faint('What needs your eyes?'), ...rows, ''];
}

function renderTimeLine(line: TimeLine, columns: number, faint: Paint, bar: Paint): string[] {
  const total = line.totals.reduce((sum, count) => sum + count, 0);
  // no bar can count more than all events: the numbers beside the bars have room in any case
  const {counts, bucketsEach} = foldCounts(line.totals, columns - formatNumber(total).length - 2);
  const peak = Math.max(...counts);
  const label = formatNumber(peak);
  const room = columns - label.length - 2;
  const barWidth = Math.min(Math.floor(room / counts.length), MAX_BAR_WIDTH);
  const rows = Array.from({length: HEIGHT}, (_, index) => {
    const row = HEIGHT - 1 - index;
    const blocks = counts.map((count) => blockOf(count, peak, row).repeat(barWidth)).join('');
    const tick = index === 0 ? label : row === 0 ? '0' : '';
    return `${faint(`${tick.padStart(label.length)} │`)}${bar(blocks.trimEnd())}`;
  });
  const each = bucketsEach === 1 ? line.bucket : `${formatNumber(bucketsEach)} ${line.bucket}s`;
  const axis = renderAxis(line, counts.length * barWidth);
  return [faint(`Events per ${each}`), ...rows, `${' '.repeat(label.length + 2)}${faint(axis)}`];
}

/** Where the first bar begins at the left, and the last one at the right if the chart is wide enough. */
function renderAxis({bucket, starts}: TimeLine, width: number): string {
  const format = bucket === 'hour' ? formatMinute : formatDay;
  const [from, to] = [format(starts[0] ?? 0), format(starts.at(-1) ?? 0)];
  return from.length + to.length + 2 > width ? from : from + to.padStart(width - from.length);
}

/** Adds neighbours up until there are no more bars than columns. */
function foldCounts(
  totals: readonly number[],
  room: number,
): {counts: number[]; bucketsEach: number} {
  const bucketsEach = Math.max(1, Math.ceil(totals.length / room));
  const counts = Array.from({length: Math.ceil(totals.length / bucketsEach)}, (_, index) =>
    totals
      .slice(index * bucketsEach, (index + 1) * bucketsEach)
      .reduce((sum, count) => sum + count, 0),
  );
  return {counts, bucketsEach};
}

/** What a column shows in one row; an event never rounds down to nothing. */
function blockOf(count: number, peak: number, row: number): string {
  const eighths = count === 0 ? 0 : Math.max(1, Math.round((count / peak) * HEIGHT * 8));
  return EIGHTHS_UP[Math.min(Math.max(eighths - row * 8, 0), 8)] ?? ' ';
}

function renderCategories(
  {categories}: Summary,
  columns: number,
  faint: Paint,
  bar: Paint,
): string[] {
  const {top} = categories;
  const peak = top[0]?.count ?? 1;
  const longest = Math.max(...top.map(({label}) => widthOf(label)));
  const nameWidth = Math.min(longest, Math.floor(columns * 0.4));
  const numberWidth = formatNumber(peak).length;
  const room = columns - nameWidth - numberWidth - 2;
  return top.map(({label, count}) => {
    const eighths = Math.max(1, Math.round((count / peak) * room * 8));
    const rest = EIGHTHS_RIGHT[eighths % 8] ?? '';
    const blocks = `${'█'.repeat(Math.floor(eighths / 8))}${rest}`;
    const number = formatNumber(count).padStart(numberWidth);
    return `${fitText(label, nameWidth)} ${faint(number)} ${bar(blocks)}`;
  });
}
