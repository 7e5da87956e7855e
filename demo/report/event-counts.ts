import {readEvent, readPermissionChange} from './audit-event';
import type {AuditEvent, PermissionChange} from './audit-event';
import type {JsonObject} from './json-object';
import {Tally} from './tally';
import type {Ranking} from './tally';
import {HourCounts} from './time-line';
import type {TimeLine} from './time-line';

/** What the audit records of a file add up to. Instants are in epoch milliseconds. */
export interface EventSummary {
  records: number;
  first: number;
  last: number;
  cloudIds: string[];
  categories: Ranking;
  summaries: Ranking;
  actors: Ranking;
  addresses: Ranking;
  timeLine: TimeLine;
  /** Events by weekday (Monday first) and hour of the day, in UTC. */
  week: number[][];
  permissions: {total: number; recent: PermissionChange[]};
}

const TOP = 10;
const TIME_LINE_CATEGORIES = 6;
const RECENT_CHANGES = 200;
const MAX_SITES = 20;

/** Adds up audit records one by one, in memory that does not grow with their number. */
export class EventCounts {
  private records = 0;
  private first = Number.MAX_SAFE_INTEGER;
  private last = 0;
  private readonly cloudIds = new Set<string>();
  private readonly categories = new Tally();
  private readonly summaries = new Tally();
  private readonly actors = new Tally();
  private readonly addresses = new Tally();
  private readonly hours = new HourCounts();
  private permissionChanges = 0;
  private recent: PermissionChange[] = [];

  /** Counts one record; false when it cannot be placed in time. */
  add(data: JsonObject): boolean {
    const event = readEvent(data);
    if (!event) {
      return false;
    }
    this.count(event);
    if (event.category.toLowerCase() === 'permissions') {
      this.permissionChanges += 1;
      this.keepRecent(event, data);
    }
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
      categories,
      summaries: this.summaries.ranking(TOP),
      actors: this.actors.ranking(TOP),
      addresses: this.addresses.ranking(TOP),
      timeLine: this.hours.timeLine(first, this.last, shown),
      week: this.hours.week(),
      permissions: {total: this.permissionChanges, recent: newestFirst(this.recent)},
    };
  }

  private count({at, category, summary, actor, address, cloudId}: AuditEvent): void {
    this.records += 1;
    this.first = Math.min(this.first, at);
    this.last = Math.max(this.last, at);
    this.categories.add(category);
    this.summaries.add(summary);
    this.actors.add(actor.key, actor.name);
    this.hours.add(at, category);
    if (address !== '') {
      this.addresses.add(address);
    }
    if (cloudId !== '' && this.cloudIds.size < MAX_SITES) {
      this.cloudIds.add(cloudId);
    }
  }

  /** Trims at twice the length that is shown, so that a sort is rare whatever the order. */
  private keepRecent(event: AuditEvent, data: JsonObject): void {
    this.recent.push(readPermissionChange(event, data));
    if (this.recent.length >= 2 * RECENT_CHANGES) {
      this.recent = newestFirst(this.recent).toReversed();
    }
  }
}

/** Of equal instants the one that came later in the file is the newer. */
function newestFirst(changes: readonly PermissionChange[]): PermissionChange[] {
  return changes
    .toReversed()
    .sort((a, b) => b.at - a.at)
    .slice(0, RECENT_CHANGES);
}
