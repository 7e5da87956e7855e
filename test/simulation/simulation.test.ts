import {execFileSync, spawnSync} from 'node:child_process';
import {join} from 'node:path';

import {describe, expect, test} from '@jest/globals';

import {toAccessLog} from './access-log';
import {LIES} from './behaviour';
import {type Chain, replay, runChain} from './chain';
import {describeOutcome} from './describe';
import {judgeChain} from './judge';
import {randomChain} from './random-chain';
import {simplest} from './simplify';
import {smallLogs, type Tally, trySmallWorld} from './small-worlds';
import {TAMPERINGS} from './tamper';

const CHAINS = 1000;
const SMALL_RECORDS = 2;

test('random chains of syncs in worlds that lie, lag, fail and kill: each record once', async () => {
  for (let seed = 1; seed <= CHAINS; seed++) {
    const chain = randomChain(seed);
    const {violations} = await judgeChain(chain);
    if (violations.length > 0) {
      const small = await simplest(chain, judgeChain);
      expect(describeOutcome(small, await judgeChain(small))).toBe('');
    }
  }
});

test('small worlds, each with every lie and killed after every line: each record once', async () => {
  const tally: Tally = {worlds: 0, syncs: 0, kills: 0, failedSyncs: 0, broken: []};
  for (const records of smallLogs(['at once', 'after it'])) {
    if (records.length <= SMALL_RECORDS) {
      for (const cap of [1, 2]) {
        for (const lies of [[], ...LIES.map((lie) => [lie])]) {
          await trySmallWorld({records, cap, lies}, tally);
        }
      }
    }
  }
  expect(tally.broken).toEqual([]);
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
      for (let seed = 1; seed <= 40; seed++) {
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
        for (const {name, wrong, apply} of TAMPERINGS) {
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
