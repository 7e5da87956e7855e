import {Random} from '../../sandbox/random';
import type {StreamState} from '../support/connector';
import {AuditServer} from './audit-server';
import {type Behaviour, HONEST} from './behaviour';
import {withHidden} from './filtering';
import {type Happening, recordJson} from './happening';
import {Ledger, type Violation} from './ledger';
import {excusedFailures} from './random-chain';
import type {SmallRecord, SmallWorld} from './small-logs';
import {sync, type SyncOutput} from './sync';
import {SimulatedClock, SimulatedTime} from './time';
import {Transport} from './transport';

const MINUTE = 60_000;
/** The last millisecond of a day, so that a log of three lies on both sides of every round time. */
const FIRST_MS = Date.UTC(2026, 2, 3) - 1;
const REQUEST_MS = 10;
const SETTINGS = {lookbackMinutes: 60, backfillStartMs: FIRST_MS - 1000};
/** Two syncs that may be killed anywhere, and two that nothing happens to. */
const SYNC_TIMES = [0, 5, 10, 15].map((minutes) => FIRST_MS + (10 + minutes) * MINUTE);
const KILLABLE = 2;

/** What was tried, and the first promises that were broken. */
export interface Tally {
  worlds: number;
  syncs: number;
  kills: number;
  failedSyncs: number;
  readonly broken: {readonly world: SmallWorld; readonly violations: readonly Violation[]}[];
}

/** Tries a world: its syncs, each killed after every line, and whether every course of things keeps the promises. */
export async function trySmallWorld(world: SmallWorld, tally: Tally): Promise<void> {
  const course = new Courses(world, tally);
  await course.run();
  tally.worlds++;
  if (course.violations.length > 0) {
    tally.broken.push({world, violations: course.violations});
  }
}

/** All courses that the syncs of a world can take. */
class Courses {
  readonly violations: Violation[] = [];
  private readonly behaviour: Behaviour;
  private readonly happenings: readonly Happening[];
  private readonly rows: readonly Happening[];
  private readonly mayFailAs: readonly string[];
  private readonly outputs = new Map<string, Promise<Synced>>();

  constructor(
    {records, cap, lies}: SmallWorld,
    private readonly tally: Tally,
  ) {
    this.behaviour = Object.assign({}, HONEST, ...lies.map(({turned}) => turned), {cap});
    this.happenings = records.map(toHappening);
    this.rows = withHidden(this.happenings, this.behaviour, 1).sort(
      (a, b) => a.visibleAtMs - b.visibleAtMs,
    );
    this.mayFailAs = excusedFailures({behaviour: this.behaviour, happenings: this.rows});
  }

  async run(): Promise<void> {
    let ledgers = [new Ledger(this.happenings, SETTINGS.lookbackMinutes * MINUTE)];
    for (let at = 0; at < SYNC_TIMES.length; at++) {
      const next = new Map<string, Ledger>();
      for (const ledger of ledgers) {
        for (const after of await this.syncAll(ledger, at)) {
          this.violations.push(...after.violations);
          next.set(after.standing, after);
        }
      }
      if (this.violations.length > 0) {
        return;
      }
      ledgers = [...next.values()];
    }
  }

  /** The books after a sync that ran to its end, and after all that were killed on the way. */
  private async syncAll(ledger: Ledger, at: number): Promise<Ledger[]> {
    const {output, startedMs, endedMs, hang} = await this.outputOf(ledger.state, at);
    const {lines} = output;
    const ends: SyncOutput[] = [output];
    if (at < KILLABLE) {
      this.tally.kills += lines.length;
      // Two kills with no STATE between them leave the same behind, but for records that come again.
      for (let line = 1; line <= lines.length; line++) {
        if (line === lines.length || lines[line]!.includes('"STATE"')) {
          ends.push({lines: lines.slice(0, line), failure: undefined, hasCrashed: true});
        }
      }
    }
    return ends.map((end) => {
      const after = ledger.fork();
      after.enter(end, {
        settings: SETTINGS,
        startedMs,
        endedMs,
        lacks: () => false,
        mayFailAs: this.mayFailAs,
      });
      if (hang !== undefined) {
        after.note('hang', hang);
      }
      const isAllSaid = at === SYNC_TIMES.length - 1 && !ledger.hasFailed;
      if (isAllSaid && lines.some(isRecord)) {
        after.note('doubled', 'a sync after all is said brings records');
      }
      return after;
    });
  }

  private outputOf(state: StreamState | undefined, at: number): Promise<Synced> {
    const key = `${at} ${JSON.stringify(state)}`;
    const known = this.outputs.get(key) ?? this.sync(state, at);
    this.outputs.set(key, known);
    return known;
  }

  private async sync(state: StreamState | undefined, at: number): Promise<Synced> {
    const random = new Random(at + 1);
    const startedMs = SYNC_TIMES[at]!;
    const time = new SimulatedTime(startedMs);
    const clock = new SimulatedClock(time, () => random.next());
    const transport = new Transport(
      new AuditServer(this.behaviour, random),
      this.rows,
      time,
      {...STEADY, requestMs: REQUEST_MS},
      random,
    );
    this.tally.syncs++;
    const work = sync(SETTINGS, state, clock, transport, undefined);
    try {
      const output = await time.drive(work);
      this.tally.failedSyncs += output.failure ? 1 : 0;
      return {output, startedMs, endedMs: time.nowMs, hang: undefined};
    } catch (error) {
      const output = {lines: [], failure: undefined, hasCrashed: true};
      return {output, startedMs, endedMs: time.nowMs, hang: String(error)};
    }
  }
}

interface Synced {
  readonly output: SyncOutput;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly hang: string | undefined;
}

const STEADY = {
  answerMs: 0,
  faults: [],
  date: {offMs: 0, from: 1, count: 0},
  lacks: () => false,
};

function isRecord(line: string): boolean {
  return line.includes('"RECORD"');
}

function toHappening({ms, letter, arrival}: SmallRecord): Happening {
  const timeMs = FIRST_MS + ms;
  const [first, second] = SYNC_TIMES as [number, number];
  const visibleAtMs = {
    'at once': timeMs,
    'during the first sync': first + REQUEST_MS,
    'after it': first + MINUTE,
    'after the second': second + MINUTE,
  }[arrival];
  return {timeMs, visibleAtMs, json: recordJson(timeMs, {who: letter, what: letter})};
}
