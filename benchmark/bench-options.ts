import {parseArgs} from 'node:util';
import {type BenchPlan, FULL_PLAN, planFor, QUICK_PLAN} from './bench-plan';

/** What the person who starts the benchmark wants. */
export interface BenchOptions {
  readonly plan: BenchPlan;
  /** A folder for what is written. Absent: the repository, if all is measured, and else nowhere. */
  readonly out: string | undefined;
  /** Draws and writes anew what benchmark/results.json says, and measures nothing. */
  readonly onlyRender: boolean;
  readonly isFull: boolean;
}

export const HELP = `Measures this connector beside a bare client and beside Airbyte's own way.

Usage: npm run bench -- [options]

  (none)            all of it, about 20 minutes: writes benchmark/results.json, docs/images/benchmark.svg,
                    docs/images/growth.svg and the README's section between the bench marks
  --quick           10,000 and 100,000 records, one run, no Airbyte: about a minute, writes nothing
  --sizes N,N,...   other sizes; writes nothing, unless --out is given
  --runs N          how often everything is measured (default 3)
  --no-peers        without Airbyte
  --out DIR         writes results.json, benchmark.svg and growth.svg there, and nowhere else
  --render          writes the charts and the README's section anew from benchmark/results.json
  --help            this text
`;

/**
 * Reads the command line; undefined if it asks for help.
 * @throws Error naming the option and what it takes
 */
export function parseBenchOptions(argv: string[]): BenchOptions | undefined {
  const {values: given} = parseArgs({
    args: argv,
    options: {
      quick: {type: 'boolean', default: false},
      sizes: {type: 'string'},
      runs: {type: 'string'},
      'no-peers': {type: 'boolean', default: false},
      out: {type: 'string'},
      render: {type: 'boolean', default: false},
      help: {type: 'boolean', default: false},
    },
  });
  if (given.help) {
    return undefined;
  }
  const base = given.quick ? QUICK_PLAN : FULL_PLAN;
  const sizes = given.sizes?.split(',').map((size) => positive('--sizes', size)) ?? base.sizes;
  const runs = given.runs === undefined ? base.runs : positive('--runs', given.runs);
  const withPeers = base.withPeers && !given['no-peers'];
  const isFull = withPeers && given.sizes === undefined && runs >= FULL_PLAN.runs;
  const plan = planFor(sizes, runs, withPeers);
  return {plan, out: given.out, onlyRender: given.render, isFull};
}

function positive(option: string, text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) {
    return Number(text);
  }
  throw new Error(`${option} takes whole numbers of at least 1, not '${text}'`);
}
