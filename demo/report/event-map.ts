import {readFileSync} from 'node:fs';
import {inRepository} from '../repository';

let patterns: readonly RegExp[] | undefined;
const known = new Map<string, boolean>();
const MOST = 10_000;

/**
 * Whether the map of events, which the views over the destination's table share, has a summary.
 * Remembers what it said, since a log repeats itself.
 */
export function isOnMap(summary: string): boolean {
  const remembered = known.get(summary);
  if (remembered !== undefined) {
    return remembered;
  }
  patterns ??= readPatterns();
  const found = patterns.some((pattern) => pattern.test(summary));
  if (known.size < MOST) {
    known.set(summary, found);
  }
  return found;
}

function readPatterns(): RegExp[] {
  const [head = '', ...lines] = readFileSync(inRepository('sql/event-map.tsv'), 'utf8')
    .trimEnd()
    .split('\n');
  const column = head.split('\t').indexOf('pattern');
  return lines.map((line) => new RegExp(line.split('\t')[column] ?? '', 'i'));
}
