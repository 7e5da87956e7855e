import type {Window} from '../windows';
import type {AuditPage} from './audit-page';

/** Records of one answer: `order` holds their places in `page`, oldest first. */
export interface PageRecords {
  readonly page: AuditPage;
  readonly order: readonly number[];
}

/** The records of a part, oldest first. */
export type Records = readonly PageRecords[];

/** The records of a page that lie in a window, oldest first. */
export function selectRecords(page: AuditPage, {fromMs, toMs}: Window): PageRecords {
  const {times, count} = page;
  const order: number[] = [];
  let latest = -Infinity;
  let isSorted = true;
  for (let i = count - 1; i >= 0; i--) {
    const time = times[i]!;
    if (time >= fromMs && time <= toMs) {
      isSorted &&= time >= latest;
      latest = time;
      order.push(i);
    }
  }
  if (!isSorted) {
    order.sort((a, b) => times[a]! - times[b]!);
  }
  return {page, order};
}

/** creationDate of the earliest record, epoch ms; undefined if there is none. */
export function earliestOf(records: Records): number | undefined {
  const [first] = records;
  return first?.page.times[first.order[0] ?? -1];
}

export function countRecords(records: Records): number {
  return records.reduce((sum, {order}) => sum + order.length, 0);
}

/** How the records of a page follow each other; Confluence documents no order. */
export type PageOrder = 'newest first' | 'oldest first' | 'one time' | 'none';

export function orderOf({times, count}: AuditPage): PageOrder {
  let falls = false;
  let rises = false;
  for (let i = 1; i < count; i++) {
    falls ||= times[i]! < times[i - 1]!;
    rises ||= times[i]! > times[i - 1]!;
  }
  if (falls && rises) {
    return 'none';
  }
  return falls ? 'newest first' : rises ? 'oldest first' : 'one time';
}
