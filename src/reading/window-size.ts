import type {LogServer} from './log-server';

/** A window is cut for so many full pages: its last one is wasted in part, and all are in memory at once. */
export const PAGES_PER_WINDOW = 5;
/** Where several answers cannot be put together. */
const PAGES_OF_ONE_ANSWER = 0.6;
/** What is read by place is asked for twice, and once more behind its end: that is to be little beside it. */
const PAGES_BY_PLACE = 10;
const BYTES_PER_WINDOW = 4_000_000;
/** Two standard deviations of a count, where events come independently: so few windows need a page more. */
const MARGIN = 2;

/** For how many records a window is cut. */
export function targetOf({rows, hasOffsets, hasOrder}: LogServer): number {
  const {recordsPerPage, bytesPerRecord} = rows;
  const overlap = rows.overlapOf(recordsPerPage);
  const pages = !hasOrder || !hasOffsets ? PAGES_OF_ONE_ANSWER : PAGES_PER_WINDOW;
  const full =
    rows.hasHiddenRows || recordsPerPage < 3
      ? PAGES_BY_PLACE * recordsPerPage
      : pages * (recordsPerPage - overlap) - 2 * overlap;
  const records = Math.min(Math.max(1, full), BYTES_PER_WINDOW / bytesPerRecord);
  return Math.max(1, records - MARGIN * Math.sqrt(records));
}
