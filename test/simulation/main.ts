import {parseArgs} from 'node:util';

import {type Lie, LIES, PAIRS} from './behaviour';
import type {Chain, Outcome} from './chain';
import {describeOutcome} from './describe';
import {judgeChain} from './judge';
import {unknown, unknownOfSmall} from './known-gaps';
import {lying, randomChain, type Wish} from './random-chain';
import {simplest, TROUBLES} from './simplify';
import {type SmallRecord, smallWorlds} from './small-logs';
import {type Tally, trySmallWorld} from './small-worlds';

/**
 * The simulator's command line, one process of some: see scripts/simulate.mjs. The last line on
 * stdout is JSON: what was counted. Exits with 1 if a promise was broken.
 */
const {positionals, values} = parseArgs({
  allowPositionals: true,
  options: {
    /** i/n: the i-th (0, 1, …) of n processes. */
    share: {type: 'string', default: '0/1'},
    seed: {type: 'string', default: '1'},
    syncs: {type: 'string', default: '5000'},
    /** Only lies, or pairs, in whose names this stands. */
    of: {type: 'string', default: ''},
    /** Only chains with at most so many lies. */
    lies: {type: 'string'},
    /** Pages hold at least so many rows, and logs grow with them. */
    caps: {type: 'string', default: '1'},
    /** Troubles that are left out of every chain, by their names in simplify.ts. */
    without: {type: 'string', default: ''},
    /** How many broken chains are simplified and shown. */
    show: {type: 'string', default: '3'},
    /** Counts as broken what is known to break, too. */
    strict: {type: 'boolean', default: false},
    /** Ends with the first broken chain or world. */
    stop: {type: 'boolean', default: false},
  },
});
/** So often small worlds say how far they are. */
const WORLDS_PER_LINE = 5000;
const [share, shares] = values.share.split('/').map(Number) as [number, number];
const without = values.without.split(',').filter((name) => name !== '');
let toShow = Number(values.show);
const counts: Record<string, number> = {};
/** The first of each kind of broken chain. */
const seeds: Record<string, number> = {};

function mayGoOn(): boolean {
  return !values.stop || !Object.keys(counts).some((name) => name.startsWith('broken'));
}

function count(name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

/** What counts of an outcome. */
function withoutKnown(chain: Chain, outcome: Outcome): Outcome {
  return values.strict ? outcome : {...outcome, violations: unknown(chain, outcome.violations)};
}

/** Runs a chain, counts what it came to, and shows it if it broke a promise. */
async function tryChain(chain: Chain, group = ''): Promise<void> {
  const judge = async (each: Chain): Promise<Outcome> => withoutKnown(each, await judgeChain(each));
  const all = await judgeChain(chain);
  const outcome = withoutKnown(chain, all);
  count('chains');
  count('syncs', outcome.syncs);
  count('requests', outcome.requests);
  count('failed syncs', outcome.failures);
  const [first] = outcome.violations;
  if (all.violations.length > 0 && !first) {
    count('chains that break what is known to break');
  }
  if (first) {
    const kind = `broken${group}: ${first.wrong}`;
    count('broken chains');
    count(kind);
    seeds[kind] ??= chain.seed;
    if (toShow-- > 0) {
      const small = await simplest(chain, judge);
      console.log(describeOutcome(small, await judge(small)));
    }
  }
}

async function tryChains(): Promise<void> {
  const leastCap = Number(values.caps);
  const wishOf = (of: number): Wish =>
    values.lies === undefined ? {leastCap} : {leastCap, mostLies: of % (Number(values.lies) + 1)};
  const seed = Number(values.seed);
  for (
    let n = share;
    (counts['syncs'] ?? 0) < Number(values.syncs) / shares && mayGoOn();
    n += shares
  ) {
    await tryChain(
      without.reduce(
        (made, name) => TROUBLES[name]!(made),
        randomChain(seed + n, wishOf(seed + n)),
      ),
    );
  }
}

/** Every lie, or every two, in the same random chains each. */
async function tryLies(all: readonly (readonly Lie[])[]): Promise<void> {
  const sets = all.filter((lies) => namesOf(lies).includes(values.of));
  const seed = Number(values.seed);
  const most = Number(values.syncs) / sets.length;
  for (const lies of sets.filter((_, at) => at % shares === share)) {
    const group = ` by ${namesOf(lies)}`;
    const before = counts['syncs'] ?? 0;
    const brokenBefore = counts['broken chains'] ?? 0;
    for (let n = 0; (counts['syncs'] ?? 0) - before < most && mayGoOn(); n++) {
      const honest = randomChain(seed + n, {mostLies: 0, leastCap: Number(values.caps)});
      const plain = without.reduce((made, name) => TROUBLES[name]!(made), honest);
      await tryChain(lying(plain, lies), group);
    }
    console.error(`${(counts['broken chains'] ?? 0) - brokenBefore} chains broken${group}`);
  }
}

/** This process's share of all small worlds. */
async function trySmallWorlds(): Promise<void> {
  const tally: Tally = {worlds: 0, syncs: 0, kills: 0, failedSyncs: 0, broken: []};
  let at = 0;
  for (const world of smallWorlds()) {
    if (!namesOf(world.lies).includes(values.of)) {
      continue;
    }
    if (at++ % shares === share && (!values.stop || tally.broken.length === 0)) {
      await trySmallWorld(world, tally);
    }
    if (at % WORLDS_PER_LINE === 0 && share === 0) {
      console.error(`${at} small worlds so far`);
    }
  }
  const {worlds, syncs, kills, failedSyncs, broken} = tally;
  count('small worlds', worlds);
  count('syncs of small worlds', syncs);
  count('kills in small worlds', kills);
  count('failed syncs of small worlds', failedSyncs);
  for (const {world, violations: all} of broken) {
    const violations = values.strict ? all : unknownOfSmall(world, all);
    if (violations.length === 0) {
      count('small worlds that break what is known to break');
      continue;
    }
    const lies = namesOf(world.lies) || 'no lie';
    count('broken worlds');
    count(`broken by ${lies}: ${violations[0]!.wrong}`);
    if (toShow-- > 0) {
      const log = world.records.map(
        ({ms, letter, arrival}: SmallRecord) => `${ms}${letter} ${arrival}`,
      );
      console.log(`${lies}, pages of ${world.cap}, log: ${log.join('; ')}`);
      console.log(violations.map(({wrong, what}) => `  ${wrong}: ${what}`).join('\n'));
    }
  }
}

function namesOf(lies: readonly Lie[]): string {
  return lies.map(({name}) => name).join(', ');
}

async function main(): Promise<void> {
  const commands: Record<string, () => Promise<void>> = {
    chains: tryChains,
    lies: () => tryLies(LIES.map((lie) => [lie])),
    pairs: () => tryLies(PAIRS),
    'small-worlds': trySmallWorlds,
    soak: async () => {
      await tryChains();
      await trySmallWorlds();
    },
  };
  if (share === 0) {
    console.log(`seed ${values.seed}`);
  }
  await commands[positionals[0] ?? 'chains']!();
  for (const [kind, seed] of Object.entries(seeds)) {
    console.log(`first with seed ${seed}: ${kind}`);
  }
  console.log(JSON.stringify(counts));
  process.exitCode = Object.keys(counts).some((name) => name.startsWith('broken')) ? 1 : 0;
}

void main();
