import type {AuditEvent} from './audit-event';
import {findQuietTime, isQuiet} from './quiet-time';
import type {QuietTime} from './quiet-time';

/** An address that somebody had not used before. Instants are in epoch milliseconds. */
export interface FirstSeen {
  who: string;
  address: string;
  at: number;
  /** What happened first from there. */
  summary: string;
  events: number;
  /** How many other people of this file use it, too. */
  others: number;
}

/** Somebody who was active in the site's quiet time. */
export interface OffHours {
  who: string;
  events: number;
  total: number;
  last: number;
}

/** What people do that they, or the others, do not usually do. */
export interface Habits {
  firstSeen: FirstSeen[];
  quiet: QuietTime;
  offHours: OffHours[];
  /** False once there were more people, or addresses of one person, than are followed. */
  isExact: boolean;
}

/** A person has to be known for so long before an address of theirs is news. */
export const KNOWN_AFTER_MS = 7 * 86_400_000;

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;
/** 1 January 1970 was a Thursday: the week begins 72 hours before. */
const FIRST_HOUR = 72;
const MAX_PEOPLE = 5_000;
const MAX_ADDRESSES = 500;

interface Person {
  name: string;
  first: number;
  addresses: Map<string, {at: number; summary: string; events: number}>;
  /** By hour of the week, from Monday on, in UTC: how many events, and when the last one was. */
  counts: Uint32Array;
  last: Float64Array;
}

/** Follows where from and at which hours people act, in bounded memory. */
export class HabitCounts {
  private readonly people = new Map<string, Person>();
  private isExact = true;

  /** Counts an event of a person; System has neither an address nor hours of its own. */
  add({actor, at, address, summary}: AuditEvent): void {
    const person = actor.isPerson ? this.personOf(actor.key, at) : undefined;
    if (!person) {
      return;
    }
    person.name = actor.name;
    person.first = Math.min(person.first, at);
    const hour = (Math.floor(at / HOUR_MS) + FIRST_HOUR) % WEEK_HOURS;
    person.counts[hour] = (person.counts[hour] ?? 0) + 1;
    person.last[hour] = Math.max(person.last[hour] ?? 0, at);
    if (address !== '') {
      this.addAddress(person, address, at, summary);
    }
  }

  habits(): Habits {
    const week = Array.from({length: WEEK_HOURS}, (_, hour) =>
      [...this.people.values()].reduce((total, {counts}) => total + (counts[hour] ?? 0), 0),
    );
    const quiet = findQuietTime(week);
    return {
      firstSeen: this.firstSeen(),
      quiet,
      offHours: this.offHours(quiet),
      isExact: this.isExact,
    };
  }

  private personOf(key: string, at: number): Person | undefined {
    const known = this.people.get(key);
    if (known) {
      return known;
    }
    if (this.people.size >= MAX_PEOPLE) {
      this.isExact = false;
      return undefined;
    }
    const person: Person = {
      name: '',
      first: at,
      addresses: new Map(),
      counts: new Uint32Array(WEEK_HOURS),
      last: new Float64Array(WEEK_HOURS),
    };
    this.people.set(key, person);
    return person;
  }

  private addAddress({addresses}: Person, address: string, at: number, summary: string): void {
    const seen = addresses.get(address);
    if (seen) {
      seen.events += 1;
      if (at < seen.at) {
        Object.assign(seen, {at, summary});
      }
    } else if (addresses.size < MAX_ADDRESSES) {
      addresses.set(address, {at, summary, events: 1});
    } else {
      this.isExact = false;
    }
  }

  private firstSeen(): FirstSeen[] {
    const users = new Map<string, number>();
    for (const {addresses} of this.people.values()) {
      for (const address of addresses.keys()) {
        users.set(address, (users.get(address) ?? 0) + 1);
      }
    }
    return [...this.people.values()]
      .flatMap(({name, first, addresses}) =>
        [...addresses]
          .filter(([, {at}]) => at - first >= KNOWN_AFTER_MS)
          .map(([address, seen]) => ({
            ...seen,
            who: name,
            address,
            others: (users.get(address) ?? 1) - 1,
          })),
      )
      .sort((a, b) => b.at - a.at);
  }

  /** Those who are seldom active in the quiet time first: for them it is unusual. */
  private offHours(quiet: QuietTime): OffHours[] {
    return [...this.people.values()]
      .map(({name, counts, last}) => {
        const hours = counts.map((count, hour) => (isQuiet(quiet, hour) ? count : 0));
        return {
          who: name,
          events: sum(hours),
          total: sum(counts),
          last: last.reduce(
            (latest, at, hour) => (isQuiet(quiet, hour) ? Math.max(latest, at) : latest),
            0,
          ),
        };
      })
      .filter(({events}) => events > 0)
      .sort((a, b) => a.events / a.total - b.events / b.total || b.last - a.last);
  }
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
