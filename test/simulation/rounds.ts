import {LIES, liesOf, PAIRS} from './behaviour';
import type {Chain} from './chain';
import {judgeChain} from './judge';
import {unknown, unknownOfSmall} from './known-gaps';
import {lying, randomChain} from './random-chain';
import {TROUBLES} from './simplify';
import {smallWorlds} from './small-logs';
import {type Tally, trySmallWorld} from './small-worlds';

/** Chains in a Confluence that tells no lie, with pages of any size; and with pages of 20 rows and more. */
const HONEST_CHAINS = 225;
const HONEST_CHAINS_OF_MANY = 6;
/** Chains for each single lie; fewer where a sync takes hundreds of requests. */
const CHAINS = 13;
const CHAINS_OF_MANY_REQUESTS = 5;
const TAKES_MANY_REQUESTS = /^(filtered|start (ignored|clamped)|order (none|anew|by ingestion))/;
/** What troubles a sync on its way: left out where two signs lie. */
const ON_THE_WAY = ['faults', 'crashes', 'lag', 'slowness'];
/** Of the small worlds, one in so many; `npm run test:soak` tries them all. */
const SMALL_WORLDS_ONE_IN = 2503;

/** What some chains, or worlds, came to. */
export interface Round {
  readonly name: string;
  readonly worlds: number;
  readonly syncs: number;
  /** What broke that is not known to. */
  readonly broken: readonly string[];
}

function from(first: number, count: number): number[] {
  return Array.from({length: count}, (_, n) => first + n);
}

/** Runs chains until none is left. */
async function runAll(name: string, chains: readonly Chain[]): Promise<Round> {
  let syncs = 0;
  const broken = new Set<string>();
  for (const chain of chains) {
    const outcome = await judgeChain(chain);
    syncs += outcome.syncs;
    const lies = liesOf(chain.behaviour).map((lie) => lie.name);
    for (const {wrong} of unknown(chain, outcome.violations)) {
      broken.add(
        `${wrong}: seed ${chain.seed}, pages of ${chain.behaviour.cap}, ${lies.join(', ')}`,
      );
    }
  }
  return {name, worlds: chains.length, syncs, broken: [...broken]};
}

function honestChains(): Chain[] {
  return [
    ...from(1, HONEST_CHAINS).map((seed) => randomChain(seed, {mostLies: 0})),
    ...from(1, HONEST_CHAINS_OF_MANY).map((seed) => randomChain(seed, {mostLies: 0, leastCap: 20})),
  ];
}

/** Two lies at a time; those that take many requests are left to `npm run test:soak`. */
function chainsOfTwoLies(): Chain[] {
  const pairs = PAIRS.filter((lies) => !lies.some(({name}) => TAKES_MANY_REQUESTS.test(name)));
  return pairs.map((lies, at) => {
    const honest = randomChain((at % 36) + 1, {mostLies: 0});
    return lying(
      ON_THE_WAY.reduce((made, name) => TROUBLES[name]!(made), honest),
      lies,
    );
  });
}

async function trySomeSmallWorlds(): Promise<Round> {
  const tally: Tally = {worlds: 0, syncs: 0, kills: 0, failedSyncs: 0, broken: []};
  let at = 0;
  for (const world of smallWorlds()) {
    if (at++ % SMALL_WORLDS_ONE_IN === 0) {
      await trySmallWorld(world, tally);
    }
  }
  const broken = tally.broken.flatMap(({world, violations}) =>
    unknownOfSmall(world, violations).map((each) => JSON.stringify({world, ...each})),
  );
  return {name: 'small worlds', worlds: tally.worlds, syncs: tally.syncs, broken};
}

/** The chains and worlds that simulation.test.ts judges by, a line of JSON for each round; that of one lie has its name. */
async function main(): Promise<void> {
  const tell = (round: Round): void => console.log(JSON.stringify(round));
  tell(await runAll('no sign lies', honestChains()));
  for (const lie of LIES) {
    const count = TAKES_MANY_REQUESTS.test(lie.name) ? CHAINS_OF_MANY_REQUESTS : CHAINS;
    const chains = from(1, count).map((seed) => lying(randomChain(seed, {mostLies: 0}), [lie]));
    tell(await runAll(lie.name, chains));
  }
  tell(await runAll('two signs lie', chainsOfTwoLies()));
  tell(await trySomeSmallWorlds());
}

void main();
