import {hash} from 'node:crypto';

import {Failure} from '../errors';
import type {AuditPage} from './audit-page';
import {type PageRecords, type Records, selectRecords} from './page-records';

const MOST_PASSES = 6;

/** Gets the page at an offset, and says whether it is the last one. */
export type GetPageAt = (start: number) => Promise<{page: AuditPage; isLast: boolean}>;

/**
 * Reads one millisecond that holds more records than an answer. Only here are pages put together
 * by offset, and a record that surfaces meanwhile would shift them; so the millisecond is read
 * until two readings in a row show the same.
 * @throws Failure if it never comes to rest
 */
export async function readMillisecond(timeMs: number, getPageAt: GetPageAt): Promise<Records> {
  let before: string | undefined;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const records = await readOnce(timeMs, getPageAt);
    const now = fingerprint(records);
    if (now === before) {
      return records;
    }
    before = now;
  }
  throw new Failure(
    'unavailable',
    `The records of ${new Date(timeMs).toISOString()} changed each of the ${MOST_PASSES} times they were read. Try again later.`,
  );
}

async function readOnce(timeMs: number, getPageAt: GetPageAt): Promise<Records> {
  const records: PageRecords[] = [];
  for (let start = 0; ;) {
    const {page, isLast} = await getPageAt(start);
    records.push(selectRecords(page, {fromMs: timeMs, toMs: timeMs}));
    if (isLast) {
      return records;
    }
    start += page.count;
  }
}

/** Equal for two readings that found the same records, in whatever order. */
function fingerprint(records: Records): string {
  const hashes = records.flatMap(({page, order}) =>
    order.map((i) => hash('sha256', page.bytes.subarray(page.starts[i], page.ends[i]), 'base64')),
  );
  return hashes.sort().join();
}
