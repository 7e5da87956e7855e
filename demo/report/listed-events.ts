import type {AuditEvent} from './audit-event';
import {NewestEvents} from './newest-events';
import type {ListedEvent} from './newest-events';
import {answersOf, isPermissionChange, QUESTIONS} from './questions';

/** What answers one of the QUESTIONS. */
export interface Finding {
  id: string;
  events: number;
  /** How many different actors did it. */
  actors: number;
  /** The newest of the events. */
  latest: ListedEvent[];
}

/** The events that a person can search, newest first. */
export interface EventList {
  events: ListedEvent[];
  /** How many there are in the file; more than `events` only past the bound of a page. */
  total: number;
  permissionChanges: number;
  /** Whether these are all events of the file, since it has so few. */
  isWhole: boolean;
}

/** Below so many events a list says more than a chart. */
export const FEW_EVENTS = 20;

const LATEST = 3;
const MAX_LISTED = 50_000;

/** Sorts out the events that a person looks at one by one, and keeps the newest of them. */
export class ListedEvents {
  private readonly answers = QUESTIONS.map(({id}) => ({
    id,
    actors: new Set<string>(),
    events: new NewestEvents(LATEST),
  }));
  private readonly all = new NewestEvents(FEW_EVENTS);
  // apart, so that a flood of permission changes does not push out what answers a question
  private readonly answering: NewestEvents;
  private readonly permissions: NewestEvents;
  private permissionChanges = 0;

  /** `most`: how many events that answer a question are kept, and how many others. */
  constructor(most = MAX_LISTED) {
    this.answering = new NewestEvents(most);
    this.permissions = new NewestEvents(most);
  }

  add(event: AuditEvent): void {
    const listed = {...event, answers: answersOf(event)};
    this.all.add(listed);
    const isPermission = isPermissionChange(event);
    this.permissionChanges += isPermission ? 1 : 0;
    if (listed.answers > 0) {
      this.answering.add(listed);
    } else if (isPermission) {
      this.permissions.add(listed);
    }
    this.answers.forEach(({actors, events}, index) => {
      if ((listed.answers & (1 << index)) > 0) {
        actors.add(event.actor.key);
        events.add(listed);
      }
    });
  }

  /** One for each of the QUESTIONS, in their order. */
  findings(): Finding[] {
    return this.answers.map(({id, actors, events}) => ({
      id,
      events: events.total,
      actors: actors.size,
      latest: events.newestFirst(),
    }));
  }

  list(): EventList {
    const {permissionChanges, all, answering, permissions} = this;
    if (all.total < FEW_EVENTS) {
      const events = all.newestFirst();
      return {events, total: events.length, permissionChanges, isWhole: true};
    }
    return {
      events: [...answering.newestFirst(), ...permissions.newestFirst()].sort(
        (a, b) => b.at - a.at,
      ),
      total: answering.total + permissions.total,
      permissionChanges,
      isWhole: false,
    };
  }
}
