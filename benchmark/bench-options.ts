import {parseArgs} from 'node:util';
import {type BenchPlan, FULL, planFor, QUICK, type Topic, TOPICS} from './bench-plan';

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

  (none)             all of it, about half an hour: writes benchmark/results.json, docs/images/benchmark.svg,
                     docs/images/growth.svg and what stands between the bench marks of README.md and
                     docs/benchmark.md
  --quick            10,000 and 100,000 records, one run, no Airbyte: some minutes, writes nothing
  --only TOPIC,...   of these, the ones named; writes nothing, unless --out is given:
                       start-up    \`spec\` beside \`node -e 0\`
                       speed       even logs, read by all: gzip, plain, and 150 ms a request
                       spellings   100,000 records in another spelling of the JSON, beside the usual one
                       memory      a slow reader, and records of 16 kB
                       shapes      requests, CPU and memory of even, office, bursty, burst and sparse logs
  --sizes N,N,...    other sizes; writes nothing, unless --out is given
  --runs N           how often everything is measured (default 3)
  --no-peers         without Airbyte
  --out DIR          writes results.json, benchmark.svg and growth.svg there, and nowhere else
  --render           writes the charts and the marked sections anew from benchmark/results.json
  --help             this text
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
      only: {type: 'string'},
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
  const base = given.quick ? QUICK : FULL;
  const plan = planFor({
    topics: given.only?.split(',').map(topic) ?? base.topics,
    sizes: given.sizes?.split(',').map((size) => positive('--sizes', size)) ?? base.sizes,
    runs: given.runs === undefined ? base.runs : positive('--runs', given.runs),
    withPeers: base.withPeers && !given['no-peers'],
  });
  const isWhole = given.only === undefined && given.sizes === undefined;
  const isFull = isWhole && plan.withPeers && plan.runs >= FULL.runs;
  return {plan, out: given.out, onlyRender: given.render, isFull};
}

function topic(text: string): Topic {
  const found = TOPICS.find((name) => name === text);
  if (found === undefined) {
    throw new Error(`--only takes ${TOPICS.join(', ')}, not '${text}'`);
  }
  return found;
}

function positive(option: string, text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) {
    return Number(text);
  }
  throw new Error(`${option} takes whole numbers of at least 1, not '${text}'`);
}
