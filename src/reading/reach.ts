import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import {holds, lengthOf, type Window} from './windows';

/** No log has so many rows. */
const BEYOND_ALL = 10_000_000;
/** Enough to see whether there is any. */
const FEW = 16;

/** Whether an offset beyond all records shows some: then it is ignored, or clamped. */
export async function ignoresOffsets(server: LogServer, span: Window): Promise<boolean> {
  const {page} = await server.ask(span, BEYOND_ALL);
  server.hasOffsets &&= page.records.length === 0;
  return page.records.length > 0;
}

/**
 * Whether bounds bring what offsets did not reach, which then prove no end any more: deep ones may show
 * nothing, as those of a search with a limited result do. What may have surfaced meanwhile says nothing.
 * @param span of what is settled, what offsets were to show
 * @param shown all that they have shown
 */
export async function isOutOfReach(
  server: LogServer,
  {fromMs, toMs}: Window,
  shown: readonly AuditRecord[],
): Promise<boolean> {
  const oldestMs = shown.reduce((least, {timeMs}) => Math.min(least, timeMs), Infinity);
  const rest = {fromMs, toMs: Math.min(oldestMs - 1, toMs)};
  if (!server.hasOrder || oldestMs === Infinity || lengthOf(rest) <= 0) {
    return false;
  }
  const {page} = await server.ask(rest, 0, FEW);
  const isOut = page.records.some(({timeMs}) => holds(rest, timeMs));
  server.hasOffsets &&= !isOut;
  return isOut;
}
