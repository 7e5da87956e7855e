import type {AuditEvent} from './audit-event';

/** An event that the report lists, with the questions that it answers, as `answersOf` has them. */
export interface ListedEvent extends AuditEvent {
  answers: number;
}

/** Keeps the newest of many events, in whatever order they come. */
export class NewestEvents {
  private events: ListedEvent[] = [];
  /** How many there were in all. */
  total = 0;

  constructor(private readonly most: number) {}

  /** Trims at twice the length that is kept, so that a sort is rare. */
  add(event: ListedEvent): void {
    this.total += 1;
    this.events.push(event);
    if (this.events.length >= 2 * this.most) {
      this.events = this.newestFirst().toReversed();
    }
  }

  /** Of equal instants the one that came later is the newer. */
  newestFirst(): ListedEvent[] {
    return this.events
      .toReversed()
      .sort((a, b) => b.at - a.at)
      .slice(0, this.most);
  }
}
