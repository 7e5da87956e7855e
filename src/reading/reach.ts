import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import {FEW_RECORDS} from './page-rows';
import {areSame, keyOf} from './record-lists';
import {holds, lengthOf, type Window} from './windows';

/** No log has so many rows. */
const BEYOND_ALL = 10_000_000;
/** So many different records are not shown again by chance. */
const NO_CHANCE = 8;

/** Whether an offset beyond all records shows some: then it is ignored, or clamped. */
export async function ignoresOffsets(server: LogServer, span: Window): Promise<boolean> {
  const {page} = await server.ask(span, BEYOND_ALL);
  server.hasOffsets &&= page.records.length === 0;
  return page.records.length > 0;
}

/** Whether a page is the one before it once more, and not by chance or because all are twins. */
export function isSamePage(
  records: readonly AuditRecord[],
  before: readonly AuditRecord[] = [],
): boolean {
  return new Set(records.map(keyOf)).size >= NO_CHANCE && areSame(records, before);
}

/** What bounds show of a window before the oldest of records, a few of it; nothing where answers do not go by time. */
export async function olderThan(
  server: LogServer,
  window: Window,
  records: readonly AuditRecord[],
): Promise<readonly AuditRecord[]> {
  const oldestMs = records.reduce((least, {timeMs}) => Math.min(least, timeMs), Infinity);
  const rest = {...window, toMs: Math.min(oldestMs - 1, window.toMs)};
  if (!server.hasOrder || oldestMs === Infinity || lengthOf(rest) <= 0) {
    return [];
  }
  const {page} = await server.ask(rest, 0, FEW_RECORDS);
  return page.records.filter(({timeMs}) => holds(rest, timeMs));
}

/**
 * Whether offsets, which have shown all of a span up to a place, do not reach what bounds show. Deep ones may
 * show nothing, as those of a search with a limited result do; what has only surfaced meanwhile they show now.
 */
export async function isOutOfReach(
  server: LogServer,
  {span, place, unsettledFromMs}: {span: Window; place: number; unsettledFromMs: number},
  older: readonly AuditRecord[],
): Promise<boolean> {
  const isOut =
    older.some(({timeMs}) => timeMs < unsettledFromMs) ||
    (older.length > 0 && (await server.ask(span, place)).page.records.length === 0);
  server.hasOffsets &&= !isOut;
  return isOut;
}

/** Whether the row before a place, which a page that began before it has shown, is not shown by its own offset. */
export async function isCutOff(server: LogServer, span: Window, place: number): Promise<boolean> {
  const {page} = await server.ask(span, place - 1, 1);
  const isCut = page.records.length === 0 && !server.rows.hasHiddenRows;
  server.hasOffsets &&= !isCut;
  return isCut;
}
