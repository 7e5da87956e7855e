import {readEvent} from './audit-event';
import type {AuditEvent} from './audit-event';
import {HabitCounts} from './habits';
import type {Habits} from './habits';
import type {JsonObject} from './json-object';
import {ListedEvents} from './listed-events';
import type {EventList, Finding} from './listed-events';
import {Tally} from './tally';
import type {Ranking} from './tally';
import {HourCounts} from './time-line';
import type {TimeLine} from './time-line';
import {UnknownEvents} from './unknown-events';

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

const TOP = 10;
const TIME_LINE_CATEGORIES = 6;
const MAX_SUMMARIES = 200;
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
  private readonly listed: ListedEvents;

  /** `mostListed`: how many events that answer a question are kept, and how many others. */
  constructor(mostListed?: number) {
    this.listed = new ListedEvents(mostListed);
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
    this.listed.add(event);
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
      findings: this.listed.findings(),
      habits: this.habits.habits(),
      unknown: this.unknown.summary(),
      list: this.listed.list(),
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
}
