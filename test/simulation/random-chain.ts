import {Random} from '../../sandbox/random';
import {type Behaviour, HONEST, type Lie, LIES, liesOf} from './behaviour';
import type {Chain, Step} from './chain';
import {type Happening, recordJson, type Wording} from './happening';
import {FAULTS, type FaultyRequests} from './transport';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FIRST_SYNC = Date.UTC(2026, 2, 2, 12);
/** What may come to pass while syncs run, beyond the waits between them. */
const SYNCING_MS = MINUTE;
/** A log fills at most so many pages, or a chain takes too long. */
const MOST_PAGES_OF_LOG = 14;
/** Logs grow in step with pages: so many times as many clusters where pages hold at least so much. */
const RECORDS_PER_CLUSTER = 5;

/** What a chain is to be about; the rest is chance. */
export interface Wish {
  /** How many lies at most; chance if it is left out. */
  readonly mostLies?: number;
  /** The least cap on pages, and logs to match it; small caps and small logs if it is left out. */
  readonly leastCap?: number;
}

/** A Confluence, its log and a chain of syncs: the same seed gives the same chain. */
export function randomChain(seed: number, {mostLies, leastCap = 1}: Wish = {}): Chain {
  const random = new Random(seed);
  const firstSyncMs = FIRST_SYNC + random.integer(0, SECOND);
  const spanMs = random.pick([50, 5 * SECOND, 20 * MINUTE, 5 * HOUR, 30 * DAY, 400 * DAY]);
  const steps = randomSteps(random, firstSyncMs, spanMs);
  const behaviour = randomBehaviour(
    random,
    mostLies ?? random.pick([0, 0, 1, 1, 1, 2, 2, 3]),
    leastCap,
  );
  const happenings = randomLog(random, {firstSyncMs, spanMs, steps, leastCap});
  const cap = Math.max(behaviour.cap, Math.ceil(happenings.length / MOST_PAGES_OF_LOG));
  const chain = {
    seed,
    behaviour: {...behaviour, cap},
    firstSyncMs,
    happenings,
    steps,
  };
  return {...chain, mayFailAs: excusedFailures(chain)};
}

/** The same chain in a Confluence that tells these lies. */
export function lying(chain: Chain, lies: readonly Lie[]): Chain {
  const behaviour = Object.assign({}, chain.behaviour, ...lies.map(({turned}) => turned));
  return {...chain, behaviour, mayFailAs: excusedFailures({...chain, behaviour})};
}

/** Where the table promises no exact sync, a failure that says so is as good. */
export function excusedFailures({
  behaviour,
  happenings,
}: Pick<Chain, 'behaviour' | 'happenings'>): string[] {
  const lies = liesOf(behaviour);
  const isUnsteady = lies.some(({knob, name}) => knob === 'start' || name.endsWith('anew'));
  const isExcused = lies.length > 1 || (isUnsteady && mostInOneMs(happenings) > behaviour.cap);
  return isExcused ? ['system_error'] : [];
}

/** How many records there are in the fullest millisecond. */
export function mostInOneMs(happenings: readonly Happening[]): number {
  const counts = new Map<number, number>();
  for (const {timeMs} of happenings) {
    counts.set(timeMs, (counts.get(timeMs) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

function randomBehaviour(random: Random, lies: number, leastCap: number): Behaviour {
  const mostCap = random.chance(0.5) ? 6 : 60;
  const cap = random.integer(leastCap, Math.max(mostCap, leastCap + 5));
  let behaviour: Behaviour = {...HONEST, cap};
  for (let lie = 0; lie < lies; lie++) {
    const {turned} = LIES[random.integer(0, LIES.length - 1)]!;
    behaviour = {...behaviour, ...turned};
  }
  if (typeof behaviour.start === 'object') {
    behaviour = {...behaviour, start: {clampedTo: random.integer(1, 3 * cap)}};
  }
  return behaviour;
}

function randomSteps(random: Random, firstSyncMs: number, spanMs: number): Step[] {
  const lookbacks = random.pick([[60], [60], [60], [60, 7], [1], [0], [60, 0], [7, 1, 60]]);
  const isFaulty = random.chance(0.5);
  const isMortal = random.chance(0.6);
  const clocks = random.pick(['right', 'right', 'local', 'date', 'no date'] as const);
  const skewMs = random.pick([1, -1]) * random.pick([700, 90 * SECOND, 5 * HOUR, 400 * DAY]);
  let start = randomStart(random, firstSyncMs, spanMs);
  const count = random.chance(0.75) ? random.integer(1, 3) : random.integer(1, 6);
  return Array.from({length: count}, (_, at) => {
    if (at > 0 && random.chance(0.15)) {
      // Set, or moved back; moved forward it changes nothing.
      const movedMs = (start ?? firstSyncMs) - random.integer(-HOUR, Math.max(spanMs, SECOND));
      start = Math.min(movedMs, firstSyncMs);
    }
    const hasStart = start !== undefined && !(clocks === 'local' && skewMs < 0);
    return {
      waitMs: random.integer(0, random.pick([50, 5 * SECOND, 10 * MINUTE, 3 * HOUR])),
      lookbackMinutes: lookbacks[random.integer(0, lookbacks.length - 1)]!,
      backfillStartMs: hasStart ? start : undefined,
      // The slowest make every part of a log one after which a STATE is due.
      requestMs: random.pick([0, 1, 40, 700, 31_000]),
      answerMs: random.pick([0, 0, 30, 2500, 25_000]),
      faults: isFaulty ? randomFaults(random) : [],
      crashAfter:
        isMortal && random.chance(0.5)
          ? random.pick([random.integer(1, 20), random.integer(10, 150)])
          : undefined,
      skewMs: clocks === 'local' ? skewMs : 0,
      date: clocks === 'no date' ? undefined : randomDate(random, clocks === 'date' ? skewMs : 0),
      lag: random.chance(0.15)
        ? {
            ms: random.integer(0, random.pick([5 * SECOND, 10 * MINUTE, HOUR])),
            share: random.pick([0.3, 1]),
          }
        : undefined,
    };
  });
}

function randomStart(random: Random, firstSyncMs: number, spanMs: number): number | undefined {
  const share = random.pick([1, 1, 1, 1.5, 0.5, 0, undefined, random.next() * 1.1]);
  return share === undefined ? undefined : firstSyncMs - Math.round(share * spanMs);
}

function randomDate(random: Random, offMs: number): Step['date'] {
  const isAlways = random.chance(0.5);
  return {
    offMs,
    from: isAlways ? 1 : random.integer(1, 6),
    count: isAlways ? 1_000_000 : random.integer(1, 3),
  };
}

function randomFaults(random: Random): FaultyRequests[] {
  const kind = random.integer(1, 6);
  if (kind === 1) {
    // For as long as it takes: retries do not mend it.
    return [{from: random.integer(1, 7), count: 1000, fault: pickFault(random)}];
  }
  return kind < 4
    ? []
    : Array.from({length: random.integer(1, 5)}, () => ({
        from: random.integer(1, 20),
        count: random.integer(1, 3),
        fault: pickFault(random),
      }));
}

function pickFault(random: Random): FaultyRequests['fault'] {
  return FAULTS[random.integer(0, FAULTS.length - 1)]!;
}

interface LogPlan {
  readonly firstSyncMs: number;
  readonly spanMs: number;
  readonly steps: readonly Step[];
  readonly leastCap: number;
}

function randomLog(random: Random, plan: LogPlan): Happening[] {
  const times = Math.ceil(plan.leastCap / RECORDS_PER_CLUSTER);
  const clusters = random.integer(0, times * random.pick([2, 6, 12]));
  const log = Array.from({length: clusters}, (_, number) => randomCluster(random, plan, number));
  return log.flat();
}

function randomCluster(random: Random, plan: LogPlan, number: number): Happening[] {
  const lookbackMs = MINUTE * Math.min(...plan.steps.map((step) => step.lookbackMinutes));
  const firstMs = randomPlace(random, plan);
  const count = random.pick([
    random.integer(1, 4),
    random.integer(1, 4),
    random.integer(2, 25),
    random.integer(1, 4),
    random.integer(20, 80),
  ]);
  const gapMs = random.pick([0, 0, 1, random.integer(2, 500), random.integer(500, 10 * MINUTE)]);
  const wording = random.pick(['equal', 'numbered', 'numbered', 'flags'] as const);
  const lateness = random.pick([0, 0, 0, 1, random.next()]);
  const lateOneIn = random.integer(1, 4);
  // `POST /audit` takes any time, also one that is to come.
  const areClocksRight = plan.steps.every(({skewMs, date}) => skewMs === 0 && date?.offMs === 0);
  const earlyMs = areClocksRight && random.chance(0.02) ? random.pick([SECOND, HOUR, DAY]) : 0;
  return Array.from({length: count}, (_, n) => {
    const timeMs = firstMs + n * gapMs;
    const lateByMs = n % lateOneIn === 0 ? Math.floor(lateness * lookbackMs) : 0;
    const json = recordJson(timeMs, wordingOf(wording, number, n));
    return {timeMs, visibleAtMs: timeMs + (lateByMs || -earlyMs), json};
  });
}

function wordingOf(kind: 'equal' | 'numbered' | 'flags', number: number, n: number): Wording {
  const who = String(number);
  const flags = [undefined, 'sysAdmin', 'superAdmin', 'hiddenNewValue'] as const;
  switch (kind) {
    case 'equal':
      return {who, what: `Event of ${number}`};
    case 'numbered':
      return {who, what: `Event ${n} of ${number}`};
    case 'flags':
      return {who, what: `Event ${n >> 2} of ${number}`, flag: flags[n % flags.length]};
  }
}

/** Anywhere in time, or at a moment that a sync takes for the edge between what is settled, what has happened and what may come. */
function randomPlace(random: Random, {firstSyncMs, spanMs, steps}: LogPlan): number {
  if (random.chance(0.2)) {
    const before = steps.slice(0, random.integer(1, steps.length));
    const lookbackMinutes = random.chance(0.5) ? before.at(-1)!.lookbackMinutes : 0;
    const syncMs = firstSyncMs + sumOf(before.map(({waitMs}) => waitMs));
    const second = Math.floor(syncMs / SECOND) * SECOND;
    const reach = random.pick([2, 1200]);
    return second - lookbackMinutes * MINUTE + random.integer(-reach, reach);
  }
  const toComeMs = SYNCING_MS + sumOf(steps.map(({waitMs}) => waitMs));
  return random.chance(0.6)
    ? firstSyncMs - Math.round(random.next() * spanMs)
    : firstSyncMs + Math.round(random.next() * toComeMs);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
