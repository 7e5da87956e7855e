import {execFileSync, spawnSync} from 'node:child_process';
import {join} from 'node:path';

import {describe, expect, test} from '@jest/globals';

import {toAccessLog} from './access-log';
import {LIES} from './behaviour';
import {type Chain, replay, runChain} from './chain';
import {judgeChain} from './judge';
import {excusedFailures, randomChain} from './random-chain';
import {TROUBLES} from './simplify';
import {TAMPERINGS} from './tamper';

const CHAINS = 6;
/** What the chains here leave out; `node scripts/simulate.mjs` tries it all, and finds chains that break. */
const WITHOUT = ['caps', 'faults', 'crashes', 'slowness'];

/** Rows that are left out after paging are not yet exact in every chain. */
const EXACT = LIES.filter(({name}) => !name.startsWith('filtered'));

test.each(EXACT.map((lie) => [lie.name, lie] as const))(
  'a world in which one sign lies, %s: each record once',
  async (_, lie) => {
    for (let seed = 1; seed <= CHAINS; seed++) {
      const honest = randomChain(seed, {mostLies: 0});
      const plain = WITHOUT.reduce((made, name) => TROUBLES[name]!(made), honest);
      const chain = {...plain, behaviour: {...plain.behaviour, ...lie.turned}};
      const judged = {...chain, mayFailAs: excusedFailures(chain)};
      const {violations} = await judgeChain(judged);
      // How many requests it takes is not held here.
      expect(violations.filter(({wrong}) => wrong !== 'requests')).toEqual([]);
    }
  },
);

const hasPython = spawnSync('python3', ['--version']).status === 0;
const describeWithPython = hasPython ? describe : describe.skip;

/** What both judges look for. */
const JUDGED = new Set(['lost', 'doubled', 'torn', 'premature']);

describeWithPython(
  'a checker in another language that sees only what the server and stdout show',
  () => {
    test('agrees with the ledger on runs that went well, and on the same runs tampered with', async () => {
      const cases: {name: string; wrong: string | undefined; ledger: string[]; line: string}[] = [];
      for (let seed = 1; seed <= 12; seed++) {
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
