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

/** What offsets have shown of a span. */
export interface Reached {
  /** What was asked for. */
  readonly span: Window;
  /** What was wanted of it. */
  readonly window: Window;
  readonly records: readonly AuditRecord[];
  /** The place after the last of them. */
  readonly place: number;
  /** From here on records may still surface, epoch ms. */
  readonly unsettledFromMs: number;
}

/**
 * Whether bounds bring what offsets did not reach, which then prove no end any more: deep ones may show
 * nothing, as those of a search with a limited result do. What has only surfaced meanwhile they show now.
 */
export async function isOutOfReach(server: LogServer, reached: Reached): Promise<boolean> {
  const {span, window, records, place, unsettledFromMs} = reached;
  const oldestMs = records.reduce((least, {timeMs}) => Math.min(least, timeMs), Infinity);
  const rest = {...window, toMs: Math.min(oldestMs - 1, window.toMs)};
  if (!server.hasOrder || oldestMs === Infinity || lengthOf(rest) <= 0) {
    return false;
  }
  const older = (await server.ask(rest, 0, FEW_RECORDS)).page.records.filter(({timeMs}) =>
    holds(rest, timeMs),
  );
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
