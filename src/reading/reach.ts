import type {AuditRecord} from '../confluence/page';
import type {LogServer} from './log-server';
import type {Window} from './windows';

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
 * nothing, as those of a search with a limited result do.
 * @param shown all that offsets have shown from `fromMs` on, newest first by time
 */
export async function isOutOfReach(
  server: LogServer,
  fromMs: number,
  shown: readonly AuditRecord[],
): Promise<boolean> {
  const oldestMs = shown.reduce((least, {timeMs}) => Math.min(least, timeMs), Infinity);
  if (!server.hasOrder || oldestMs === Infinity || oldestMs <= fromMs) {
    return false;
  }
  const {page} = await server.ask({fromMs, toMs: oldestMs - 1}, 0, FEW);
  const isOut = page.records.some(({timeMs}) => timeMs < oldestMs && timeMs >= fromMs);
  server.hasOffsets &&= !isOut;
  return isOut;
}
