import type {AuditEvent} from './audit-event';
import {isOnMap} from './event-map';

/** A summary that the map of events does not have. Instants are in epoch milliseconds. */
export interface UnknownEvent {
  summary: string;
  category: string;
  events: number;
  last: number;
}

const MOST = 1_000;

/** Counts the events that the map does not have: of them nobody knows what they mean. */
export class UnknownEvents {
  private readonly found = new Map<string, UnknownEvent>();
  private events = 0;
  private isExact = true;

  add({summary, category, at}: AuditEvent): void {
    if (isOnMap(summary)) {
      return;
    }
    this.events += 1;
    const key = JSON.stringify([category, summary]);
    const known = this.found.get(key);
    if (known) {
      known.events += 1;
      known.last = Math.max(known.last, at);
    } else if (this.found.size < MOST) {
      this.found.set(key, {summary, category, events: 1, last: at});
    } else {
      this.isExact = false;
    }
  }

  /** The rarest first: what happens all the time has been looked at. */
  summary(): {events: number; isExact: boolean; kinds: UnknownEvent[]} {
    const kinds = [...this.found.values()].sort((a, b) => a.events - b.events || b.last - a.last);
    return {events: this.events, isExact: this.isExact, kinds};
  }
}
