import {execFile, execFileSync, spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {beforeAll, describe, expect, test} from '@jest/globals';

import {toAccessLog} from './access-log';
import {LIES} from './behaviour';
import {type Chain, replay, runChain} from './chain';
import {randomChain} from './random-chain';
import type {Round} from './rounds';
import {TAMPERINGS} from './tamper';

/** Chains for the second judge, and how many of them are tampered with. */
const JUDGED_CHAINS = 30;
const TAMPERED_CHAINS = 12;
const ROOT = join(__dirname, '..', '..');
const MINUTE = 60_000;

describe('chains of syncs, in a process of their own, which takes less time than jest', () => {
  const rounds = new Map<string, Round>();

  beforeAll(async () => {
    const program = [join('scripts', 'run-program.mjs'), 'test/simulation/rounds.ts'];
    const {stdout} = await promisify(execFile)(process.execPath, program, {cwd: ROOT});
    for (const line of stdout.trimEnd().split('\n')) {
      const round = JSON.parse(line) as Round;
      rounds.set(round.name, round);
    }
  }, 5 * MINUTE);

  /** A round in which nothing broke. */
  function goodRound(name: string): Round {
    const round = rounds.get(name);
    expect(round).toMatchObject({name, broken: []});
    return round!;
  }

  test('an honest Confluence, with faults, kills, late records, wrong clocks and small pages: each record once', () => {
    expect(goodRound('no sign lies').syncs).toBeGreaterThanOrEqual(1000);
  });

  test.each(LIES.map(({name}) => name))(
    'one sign lies, %s, with all that may go wrong beside it: each record once',
    (name) => {
      expect(goodRound(name).syncs).toBeGreaterThan(0);
    },
  );

  test('these were 1,300 syncs and more', () => {
    const syncs = LIES.map(({name}) => goodRound(name).syncs);
    expect(syncs.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(1300);
  });

  test('two signs lie: each record once', () => {
    expect(goodRound('two signs lie').syncs).toBeGreaterThanOrEqual(800);
  });

  test('small worlds, a part of them: whatever line they are killed after', () => {
    expect(goodRound('small worlds').worlds).toBeGreaterThanOrEqual(60);
  });
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
