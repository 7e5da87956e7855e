import {parseArgs} from 'node:util';

import {LIES, PAIRS} from './behaviour';
import type {Chain} from './chain';
import {describeOutcome} from './describe';
import {judgeChain} from './judge';
import {excusedFailures, randomChain} from './random-chain';
import {simplest, TROUBLES} from './simplify';
import {type Arrival, type SmallRecord, smallLogs, type Tally, trySmallWorld} from './small-worlds';

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
    /** Only chains with so many lies. */
    lies: {type: 'string'},
    /** Troubles that are left out of every chain, by their names in simplify.ts. */
    without: {type: 'string', default: ''},
    /** How many broken chains are simplified and shown. */
    show: {type: 'string', default: '3'},
    /** Ends with the first broken chain or world. */
    stop: {type: 'boolean', default: false},
  },
});
const [share, shares] = values.share.split('/').map(Number) as [number, number];
const without = values.without.split(',').filter((name) => name !== '');
let toShow = Number(values.show);
const counts: Record<string, number> = {};

function mayGoOn(): boolean {
  return !values.stop || !Object.keys(counts).some((name) => name.startsWith('broken'));
}

function count(name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

/** Runs a chain, counts what it came to, and shows it if it broke a promise. */
async function tryChain(chain: Chain, group = ''): Promise<void> {
  const outcome = await judgeChain(chain);
  count('chains');
  count('syncs', outcome.syncs);
  count('requests', outcome.requests);
  count('failed syncs', outcome.failures);
  const [first] = outcome.violations;
  if (first) {
    count('broken chains');
    count(`broken${group}: ${first.wrong}`);
    if (toShow-- > 0) {
      const small = await simplest(chain, judgeChain);
      console.log(describeOutcome(small, await judgeChain(small)));
    }
  }
}

async function tryChains(): Promise<void> {
  const wish = values.lies === undefined ? {} : {mostLies: Number(values.lies)};
  const seed = Number(values.seed);
  for (
    let n = share;
    (counts['syncs'] ?? 0) < Number(values.syncs) / shares && mayGoOn();
    n += shares
  ) {
    await tryChain(
      without.reduce((made, name) => TROUBLES[name]!(made), randomChain(seed + n, wish)),
    );
  }
}

/** Every lie, or every two, in the same random chains each. */
async function tryLies(all: readonly (readonly {name: string; turned: object}[])[]): Promise<void> {
  const sets = all.filter((lies) =>
    lies
      .map(({name}) => name)
      .join(', ')
      .includes(values.of),
  );
  const seed = Number(values.seed);
  const most = Number(values.syncs) / sets.length;
  for (const lies of sets.filter((_, at) => at % shares === share)) {
    const group = ` by ${lies.map(({name}) => name).join(', ')}`;
    const before = counts['syncs'] ?? 0;
    const brokenBefore = counts['broken chains'] ?? 0;
    for (let n = 0; (counts['syncs'] ?? 0) - before < most && mayGoOn(); n++) {
      const honest = randomChain(seed + n, {mostLies: 0});
      const plain = without.reduce((made, name) => TROUBLES[name]!(made), honest);
      const behaviour = Object.assign({}, plain.behaviour, ...lies.map(({turned}) => turned));
      const chain = {...plain, behaviour};
      await tryChain({...chain, mayFailAs: excusedFailures(chain)}, group);
    }
    console.error(`${(counts['broken chains'] ?? 0) - brokenBefore} chains broken${group}`);
  }
}

/** All small worlds: honest, with every lie, and with every two. */
async function trySmallWorlds(): Promise<void> {
  const tally: Tally = {worlds: 0, syncs: 0, kills: 0, failedSyncs: 0, broken: []};
  const tryAll = async (
    arrivals: readonly Arrival[],
    liesOfWorlds: readonly (readonly (typeof LIES)[number][])[],
  ): Promise<void> => {
    let at = 0;
    for (const records of smallLogs(arrivals)) {
      for (const cap of [1, 2, 3]) {
        for (const lies of liesOfWorlds) {
          if (at++ % shares === share && (!values.stop || tally.broken.length === 0)) {
            await trySmallWorld({records, cap, lies}, tally);
          }
        }
      }
    }
  };
  await tryAll(['at once', 'during the first sync', 'after it', 'after the second'], [[]]);
  await tryAll(
    ['at once', 'after it'],
    LIES.map((lie) => [lie]),
  );
  await tryAll(['at once'], PAIRS);
  const {worlds, syncs, kills, failedSyncs, broken} = tally;
  Object.assign(counts, {worlds, syncs, kills, 'failed syncs': failedSyncs});
  for (const {world, violations} of broken) {
    const lies = world.lies.map(({name}) => name).join(', ') || 'no lie';
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

async function main(): Promise<void> {
  const commands: Record<string, () => Promise<void>> = {
    chains: tryChains,
    lies: () => tryLies(LIES.map((lie) => [lie])),
    pairs: () => tryLies(PAIRS),
    'small-worlds': trySmallWorlds,
  };
  await commands[positionals[0] ?? 'chains']!();
  console.log(JSON.stringify(counts));
  process.exitCode = Object.keys(counts).some((name) => name.startsWith('broken')) ? 1 : 0;
}

void main();
