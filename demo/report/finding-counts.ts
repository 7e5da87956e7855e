import type {EventSummary} from './event-counts';
import {formatNumber} from './format';
import {QUESTIONS} from './questions';

/** Each question with the number of its answers, in the order of the page. */
export function countFindings({findings, habits, unknown}: EventSummary): [string, number][] {
  return [
    ...findings.map(({events}, index): [string, number] => [QUESTIONS[index]?.title ?? '', events]),
    ['First-seen addresses', habits.firstSeen.length],
    ['People off-hours', habits.offHours.length],
    ['Unknown summaries', unknown.kinds.length],
  ];
}

/** What needs somebody's eyes, in one line. */
export function describeFindings(summary: EventSummary): string {
  const found = countFindings(summary).filter(([, count]) => count > 0);
  const texts = found.map(([title, count]) => `${title.toLowerCase()} ${formatNumber(count)}`);
  return `needs eyes: ${texts.join(', ') || 'nothing'}`;
}
