import {readEvent} from './audit-event';
import type {AuditEvent} from './audit-event';
import {HabitCounts} from './habits';
import type {Habits} from './habits';
import type {JsonObject} from './json-object';
import {NewestEvents} from './newest-events';
import type {ListedEvent} from './newest-events';
import {answersOf, isPermissionChange, QUESTIONS} from './questions';
import {Tally} from './tally';
import type {Ranking} from './tally';
import {HourCounts} from './time-line';
import type {TimeLine} from './time-line';
import {UnknownEvents} from './unknown-events';

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

/** What the audit records of a file add up to. Instants are in epoch milliseconds. */
export interface EventSummary {
  records: number;
  first: number;
  last: number;
  cloudIds: string[];
  findings: Finding[];
  habits: Habits;
  unknown: ReturnType<UnknownEvents['summary']>;
  list: EventList;
  categories: Ranking;
  /** Keys are the category, a line feed and the summary. */
  summaries: Ranking;
  people: Ranking;
  /** Actors without an account: System. */
  machines: Ranking;
  addresses: Ranking;
  timeLine: TimeLine;
  /** Events by weekday (Monday first) and hour of the day, in UTC. */
  week: number[][];
}

/** Below so many events a list says more than a chart. */
export const FEW_EVENTS = 20;

const TOP = 10;
const TIME_LINE_CATEGORIES = 6;
const MAX_SUMMARIES = 200;
const LATEST = 4;
const MAX_LISTED = 50_000;
const MAX_SITES = 20;

/** Adds up audit records one by one, in memory that does not grow with their number. */
export class EventCounts {
  private records = 0;
  private first = Number.MAX_SAFE_INTEGER;
  private last = 0;
  private readonly cloudIds = new Set<string>();
  private readonly categories = new Tally();
  private readonly summaries = new Tally();
  private readonly people = new Tally();
  private readonly machines = new Tally();
  private readonly addresses = new Tally();
  private readonly hours = new HourCounts();
  private readonly habits = new HabitCounts();
  private readonly unknown = new UnknownEvents();
  private readonly answers = QUESTIONS.map(({id}) => ({
    id,
    actors: new Set<string>(),
    events: new NewestEvents(LATEST),
  }));
  private readonly few = new NewestEvents(FEW_EVENTS);
  // apart, so that a flood of permission changes does not push out what answers a question
  private readonly answering: NewestEvents;
  private readonly permissions: NewestEvents;
  private permissionChanges = 0;

  /** `mostListed`: how many events that answer a question are kept, and how many others. */
  constructor(mostListed = MAX_LISTED) {
    this.answering = new NewestEvents(mostListed);
    this.permissions = new NewestEvents(mostListed);
  }

  /** Counts one record; false when it cannot be placed in time. */
  add(data: JsonObject): boolean {
    const event = readEvent(data);
    if (!event) {
      return false;
    }
    this.count(event);
    this.habits.add(event);
    this.unknown.add(event);
    this.list(event);
    return true;
  }

  summary(): EventSummary {
    const categories = this.categories.ranking(TOP);
    const first = this.records === 0 ? 0 : this.first;
    const shown = categories.top.slice(0, TIME_LINE_CATEGORIES).map(({key}) => key);
    return {
      records: this.records,
      first,
      last: this.last,
      cloudIds: [...this.cloudIds],
      findings: this.answers.map(({id, actors, events}) => ({
        id,
        events: events.total,
        actors: actors.size,
        latest: events.newestFirst(),
      })),
      habits: this.habits.habits(),
      unknown: this.unknown.summary(),
      list: this.listed(),
      categories,
      summaries: this.summaries.ranking(MAX_SUMMARIES),
      people: this.people.ranking(TOP),
      machines: this.machines.ranking(TOP),
      addresses: this.addresses.ranking(TOP),
      timeLine: this.hours.timeLine(first, this.last, shown),
      week: this.hours.week(),
    };
  }

  private count({at, category, summary, actor, address, cloudId}: AuditEvent): void {
    this.records += 1;
    this.first = Math.min(this.first, at);
    this.last = Math.max(this.last, at);
    this.categories.add(category);
    this.summaries.add(`${category}\n${summary}`, summary);
    (actor.isPerson ? this.people : this.machines).add(actor.key, actor.name);
    this.hours.add(at, category);
    if (address !== '') {
      this.addresses.add(address);
    }
    if (cloudId !== '' && this.cloudIds.size < MAX_SITES) {
      this.cloudIds.add(cloudId);
    }
  }

  private list(event: AuditEvent): void {
    const listed = {...event, answers: answersOf(event)};
    this.few.add(listed);
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

  private listed(): EventList {
    const {permissionChanges} = this;
    if (this.records < FEW_EVENTS) {
      const events = this.few.newestFirst();
      return {events, total: events.length, permissionChanges, isWhole: true};
    }
    return {
      events: [...this.answering.newestFirst(), ...this.permissions.newestFirst()].sort(
        (a, b) => b.at - a.at,
      ),
      total: this.answering.total + this.permissions.total,
      permissionChanges,
      isWhole: false,
    };
  }
}
