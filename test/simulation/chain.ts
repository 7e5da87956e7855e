import {Random} from '../../sandbox/random';
import {AuditServer} from './audit-server';
import type {Behaviour} from './behaviour';
import {withHidden} from './filtering';
import type {Happening} from './happening';
import {type Circumstances, Ledger, type Violation} from './ledger';
import {sync, type SyncOutput, type SyncSettings} from './sync';
import {SimulatedClock, SimulatedTime} from './time';
import {type Access, type FaultyRequests, Transport} from './transport';

/** One sync of a chain, and what happens before and in it. */
export interface Step extends SyncSettings {
  /** True time that passes before it. */
  readonly waitMs: number;
  readonly requestMs: number;
  readonly answerMs: number;
  readonly faults: readonly FaultyRequests[];
  /** The process dies when it has written so many lines. */
  readonly crashAfter: number | undefined;
  /** How far this machine's clock is off. */
  readonly skewMs: number;
  readonly date:
    | {readonly offMs: number; readonly from: number; readonly count: number}
    | undefined;
  /** The replica lacks this share of what happened within the last so many ms. */
  readonly lag: {readonly ms: number; readonly share: number} | undefined;
}

/** A Confluence, its log, and a chain of syncs. Plain data: it can be printed and run again. */
export interface Chain {
  readonly seed: number;
  readonly behaviour: Behaviour;
  readonly firstSyncMs: number;
  readonly happenings: readonly Happening[];
  readonly steps: readonly Step[];
  /** The failure types that this world excuses, beside those of faults. */
  readonly mayFailAs: readonly string[];
}

/** What a chain came to. */
export interface Outcome {
  readonly violations: readonly Violation[];
  readonly syncs: number;
  readonly requests: number;
  readonly failures: number;
  /** Of each sync, for those who look closer. */
  readonly runs: readonly Run[];
}

export interface Run {
  readonly output: SyncOutput;
  readonly circumstances: Circumstances;
  readonly accesses: readonly Access[];
  readonly requests: number;
}

/** Runs a chain and then, when all has come to light, two syncs that nothing happens to. */
export async function runChain(chain: Chain): Promise<Outcome> {
  const random = new Random(chain.seed);
  const time = new SimulatedTime(chain.firstSyncMs);
  const clock = new SimulatedClock(time, () => random.next());
  const rows = withHidden(chain.happenings, chain.behaviour, chain.seed).sort(
    (a, b) => a.visibleAtMs - b.visibleAtMs,
  );
  const server = new AuditServer(chain.behaviour, random);
  const ledger = new Ledger(chain.happenings, shortestLookbackMs(chain));
  const runs: Run[] = [];

  const run = async (step: Step): Promise<SyncOutput> => {
    time.nowMs += step.waitMs;
    clock.skewMs = step.skewMs;
    const startedMs = time.nowMs;
    const lacks = lacking(step, startedMs, chain.seed + runs.length);
    const transport = new Transport(server, rows, time, {...step, lacks}, random);
    const {lookbackMinutes, backfillStartMs} = step;
    const settings = {lookbackMinutes, backfillStartMs};
    const work = sync(settings, ledger.state, clock, transport, step.crashAfter);
    const output = await time.drive(work).catch((error: Error): SyncOutput => {
      ledger.note('hang', `${error.message} after ${transport.requests} requests`);
      return {lines: [], failure: undefined, hasCrashed: true};
    });
    time.forget();
    const endedMs = time.nowMs;
    const mayFailAs = step.faults.length > 0 ? ['transient_error', 'config_error'] : [];
    const circumstances = {
      settings,
      startedMs,
      endedMs,
      lacks,
      mayFailAs: [...mayFailAs, ...chain.mayFailAs],
    };
    ledger.enter(output, circumstances);
    transport.rudeness.forEach((what) => ledger.note('rude', what));
    const {accesses, requests} = transport;
    runs.push({output, circumstances, accesses, requests});
    return output;
  };

  for (const step of chain.steps) {
    await run(step);
  }
  const latest = chain.happenings.map(({timeMs, visibleAtMs}) => Math.max(timeMs, visibleAtMs));
  time.nowMs = Math.max(time.nowMs, ...latest) + 2000;
  const calm = calmed(chain.steps.at(-1)!);
  await run(calm);
  const isAllSaid = ledger.violations.length === 0 && !ledger.hasFailed;
  const {lines} = await run(calm);
  if (isAllSaid && lines.some((line) => line.includes('"RECORD"'))) {
    ledger.note('doubled', 'a sync after all is said brings records');
  }
  return {
    violations: ledger.violations,
    syncs: runs.length,
    requests: runs.reduce((sum, {requests}) => sum + requests, 0),
    failures: runs.filter(({output}) => output.failure).length,
    runs,
  };
}

/** The books over syncs that ran before, whatever has become of their output. */
export function replay(chain: Chain, runs: readonly Run[]): Ledger {
  const ledger = new Ledger(chain.happenings, shortestLookbackMs(chain));
  runs.forEach(({output, circumstances}) => ledger.enter(output, circumstances));
  return ledger;
}

/** What surfaces later than this is not promised. */
export function shortestLookbackMs({steps}: Chain): number {
  return 60_000 * Math.min(...steps.map(({lookbackMinutes}) => lookbackMinutes));
}

/** The same settings and clocks, and nothing that goes wrong on the way. */
function calmed(step: Step): Step {
  return {...step, waitMs: 0, faults: [], crashAfter: undefined, lag: undefined};
}

/** What a replica has not got is a matter of the sync, not of the request. */
function lacking(
  {lag, lookbackMinutes}: Step,
  startedMs: number,
  seed: number,
): (happening: Happening) => boolean {
  if (!lag) {
    return () => false;
  }
  const sinceMs = startedMs - Math.min(lag.ms, lookbackMinutes * 60_000);
  return ({timeMs, json}) =>
    timeMs >= sinceMs && new Random(seed + timeMs + (json?.length ?? 0)).next() < lag.share;
}
