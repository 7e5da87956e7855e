import type {AuditLog} from './audit-log';
import {eventSource} from './generate';

const TICK_MS = 200;
const MINUTE_MS = 60_000;

/** Adds events of the present to the log at a steady rate; returns what stops it. */
export function addLiveEvents(log: AuditLog, eventsPerMinute: number, seed: number): () => void {
  if (eventsPerMinute === 0) return () => undefined;
  const makeEvent = eventSource(seed);
  const gapMs = MINUTE_MS / eventsPerMinute;
  const startedAt = Date.now();
  let made = 0;
  const timer = setInterval(() => {
    const due = Math.floor((Date.now() - startedAt) / gapMs);
    for (; made < due; made++) log.add(makeEvent(Math.floor(startedAt + (made + 1) * gapMs)));
  }, TICK_MS);
  return () => clearInterval(timer);
}
