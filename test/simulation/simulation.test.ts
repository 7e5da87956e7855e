import {execFileSync, spawnSync} from 'node:child_process';
import {join} from 'node:path';

import {describe, expect, test} from '@jest/globals';

import {toAccessLog} from './access-log';
import {LIES, liesOf, PAIRS} from './behaviour';
import {type Chain, replay, runChain} from './chain';
import {judgeChain} from './judge';
import {unknown, unknownOfSmall} from './known-gaps';
import {lying, randomChain} from './random-chain';
import {TROUBLES} from './simplify';
import {smallWorlds} from './small-logs';
import {type Tally, trySmallWorld} from './small-worlds';
import {TAMPERINGS} from './tamper';

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
/** Chains for the second judge, and how many of them are tampered with. */
const JUDGED_CHAINS = 30;
const TAMPERED_CHAINS = 12;

/** Runs chains until none is left. @returns how many syncs there were, and what broke that is not known to */
async function runAll(chains: Iterable<Chain>): Promise<{syncs: number; broken: string[]}> {
  let syncs = 0;
  const broken = new Set<string>();
  for (const chain of chains) {
    const outcome = await judgeChain(chain);
    syncs += outcome.syncs;
    const lies = liesOf(chain.behaviour).map(({name}) => name);
    for (const {wrong} of unknown(chain, outcome.violations)) {
      broken.add(
        `${wrong}: seed ${chain.seed}, pages of ${chain.behaviour.cap}, ${lies.join(', ')}`,
      );
    }
  }
  return {syncs, broken: [...broken]};
}

function from(first: number, count: number): number[] {
  return Array.from({length: count}, (_, n) => first + n);
}

test('an honest Confluence, with faults, kills, late records, wrong clocks and small pages: each record once', async () => {
  const chains = [
    ...from(1, HONEST_CHAINS).map((seed) => randomChain(seed, {mostLies: 0})),
    ...from(1, HONEST_CHAINS_OF_MANY).map((seed) => randomChain(seed, {mostLies: 0, leastCap: 20})),
  ];
  const {syncs, broken} = await runAll(chains);
  expect(broken).toEqual([]);
  expect(syncs).toBeGreaterThanOrEqual(1000);
});

let syncsOfLies = 0;

test.each(LIES.map((lie) => [lie.name, lie] as const))(
  'one sign lies, %s, with all that may go wrong beside it: each record once',
  async (name, lie) => {
    const count = TAKES_MANY_REQUESTS.test(name) ? CHAINS_OF_MANY_REQUESTS : CHAINS;
    const chains = from(1, count).map((seed) => lying(randomChain(seed, {mostLies: 0}), [lie]));
    const {syncs, broken} = await runAll(chains);
    expect(broken).toEqual([]);
    syncsOfLies += syncs;
  },
);

test('these were 1,300 syncs and more', () => {
  expect(syncsOfLies).toBeGreaterThanOrEqual(1300);
});

test('two signs lie: each record once', async () => {
  // The others are left to `npm run test:soak`.
  const pairs = PAIRS.filter((lies) => !lies.some(({name}) => TAKES_MANY_REQUESTS.test(name)));
  const chains = pairs.map((lies, at) => {
    const honest = randomChain((at % 36) + 1, {mostLies: 0});
    return lying(
      ON_THE_WAY.reduce((made, name) => TROUBLES[name]!(made), honest),
      lies,
    );
  });
  const {syncs, broken} = await runAll(chains);
  expect(broken).toEqual([]);
  expect(syncs).toBeGreaterThanOrEqual(800);
});

test('small worlds, a part of them: whatever line they are killed after', async () => {
  const tally: Tally = {worlds: 0, syncs: 0, kills: 0, failedSyncs: 0, broken: []};
  let at = 0;
  for (const world of smallWorlds()) {
    if (at++ % SMALL_WORLDS_ONE_IN === 0) {
      await trySmallWorld(world, tally);
    }
  }
  const broken = tally.broken.flatMap(({world, violations}) =>
    unknownOfSmall(world, violations).map((each) => ({world: JSON.stringify(world), ...each})),
  );
  expect(broken).toEqual([]);
  expect(tally.worlds).toBeGreaterThanOrEqual(60);
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
const describeWithPython = hasPython ? describe : describe.skip;

/** What both judges look for. */
const JUDGED = new Set(['lost', 'doubled', 'torn', 'premature']);

describeWithPython(
  'a checker in another language that sees only what the server and stdout show',
  () => {
    test('agrees with the ledger on runs that went well, and on the same runs tampered with', async () => {
      const cases: {name: string; wrong: string | undefined; ledger: string[]; line: string}[] = [];
      for (let seed = 1; seed <= JUDGED_CHAINS; seed++) {
        const chain: Chain = randomChain(seed, {mostLies: seed % 3 === 0 ? 1 : 0});
        const {runs} = await runChain(chain);
        const add = (name: string, wrong: string | undefined, changed: typeof runs): void => {
          const found = replay(chain, changed).violations.map((violation) => violation.wrong);
          const ledger = [...new Set(found)].filter((each) => JUDGED.has(each)).sort();
          cases.push({
            name: `seed ${seed}: ${name}`,
            wrong,
            ledger,
            line: toAccessLog(chain, changed),
          });
        };
        add('as it was', undefined, runs);
        for (const {name, wrong, apply} of seed <= TAMPERED_CHAINS ? TAMPERINGS : []) {
          const changed = apply(runs);
          if (changed) {
            add(name, wrong, changed);
          }
        }
      }
      const out = execFileSync('python3', [join(__dirname, 'check.py')], {
        input: cases.map(({line}) => `${line}\n`).join(''),
        maxBuffer: 2 ** 28,
      });
      const verdicts = out.toString().trimEnd().split('\n');
      const both = cases.map(({name, ledger}, n) => ({
        name,
        ledger,
        python: JSON.parse(verdicts[n]!) as string[],
      }));
      expect(both.filter(({ledger, python}) => ledger.join() !== python.join())).toEqual([]);
      for (const {name, wrong} of TAMPERINGS) {
        const caught = cases.filter(
          (each) => each.name.endsWith(name) && each.ledger.includes(wrong),
        );
        expect(`${name}: ${caught.length > 0}`).toBe(`${name}: true`);
      }
    });
  },
);
