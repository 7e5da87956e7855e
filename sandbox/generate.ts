import {AuditLog} from './audit-log';
import type {AuditRecord} from './audit-record';
import {everydayEvent, eventPair, groupMembership} from './everyday';
import type {Happening} from './happening';
import {people, type Person, SYSTEM} from './people';
import {Random} from './random';
import {type Site, siteOf} from './site';
import type {Spelling} from './spelling';
import {type Occasion, type Shape, Timeline} from './timeline';

export interface LogPlan {
  /** Any whole number; the same plan always gives the same log. */
  seed: number;
  count: number;
  /** Epoch ms of the earliest and of the latest possible record. */
  from: number;
  to: number;
  shape: Shape;
  /** usual, unless told otherwise. */
  spelling?: Spelling;
}

/** A made-up log that looks like a real one, with exactly `count` records in [from, to]. */
export function generateLog(plan: LogPlan): AuditLog {
  return AuditLog.from(generateRecords(plan), plan.spelling);
}

/** The records of such a log, oldest first, made one at a time. */
export function* generateRecords({seed, count, from, to, shape}: LogPlan): Generator<AuditRecord> {
  const random = new Random(seed);
  const company = new Company(random);
  let last: AuditRecord | undefined;
  for (const {time, occasion} of new Timeline(count, from, to, random, shape)) {
    const twin = occasion === 'twin' && last?.creationDate === time;
    last = twin && last ? last : company.event(time, occasion);
    yield last;
  }
}

/**
 * A source of live events, one at the given time (epoch ms) a call: for AuditLog.add. With a log's
 * seed they come from the same people.
 */
export function eventSource(seed: number): (time: number) => AuditRecord {
  const company = new Company(new Random(seed));
  return (time) => company.event(time, 'alone');
}

/** Live events at these times (epoch ms), in the order given. */
export function generateEvents({seed, times}: {seed: number; times: number[]}): AuditRecord[] {
  return times.map(eventSource(seed));
}

/** The people and things of one site, and what they are up to. */
class Company {
  private readonly people: [Person, ...Person[]];
  private readonly site: Site;
  /** What is still to follow the events that do not come alone, in their order. */
  private readonly sequels: ((time: number) => AuditRecord)[] = [];

  constructor(private readonly random: Random) {
    this.people = people(random, 60);
    this.site = siteOf(random, this.people);
  }

  event(time: number, occasion: Occasion): AuditRecord {
    const {site, random} = this;
    if (occasion === 'group sync') return this.doing(groupMembership(site, random))(time);
    if (occasion === 'opening') return this.opening(time);
    const sequel = occasion === 'sequel' ? this.sequels.shift() : undefined;
    return sequel ? sequel(time) : this.doing(everydayEvent(site, random))(time);
  }

  private opening(time: number): AuditRecord {
    const [first, next] = eventPair(this.site, this.random);
    const record = this.doing(first)(time);
    const {author, remoteAddress} = record;
    this.sequels.push((later) => ({...this.doing(next)(later), author, remoteAddress}));
    return record;
  }

  private doing({by, ...what}: Happening): (time: number) => AuditRecord {
    const isSystem = by === 'System';
    const {author, addresses} = isSystem ? SYSTEM : this.random.pick(this.people);
    const remoteAddress = this.random.pick(addresses);
    const sysAdmin = !isSystem && this.random.chance(0.01);
    return (creationDate) => ({
      author,
      remoteAddress,
      creationDate,
      summary: what.summary,
      description: '',
      category: what.category,
      sysAdmin,
      // No document says what it means; in captured records it is always there, and false.
      superAdmin: false,
      affectedObject: what.affectedObject,
      changedValues: what.changedValues,
      associatedObjects: what.associatedObjects,
    });
  }
}
