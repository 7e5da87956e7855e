import {parseArgs} from 'node:util';
import type {Shape} from './timeline';

/** What the person who starts the sandbox wants. */
export interface Wishes {
  records: number;
  seed: number;
  shape: Shape;
  days: number;
  port: number;
  eventsPerMinute: number;
  delayMs: number;
  pageCap: number;
}

/** An option that cannot be used; the message is for the person who typed it. */
export class BadOption extends Error {}

export const HELP = `A Confluence Cloud audit log on this machine: try the connector without a site.

Usage: npm run sandbox -- [options]

  --records N            records in the log when it starts (default 10000)
  --days D               days that they are spread over, ending now (default 30)
  --shape SHAPE          even, office, bursty or sparse (default office)
  --seed S               another seed, another log (default 1)
  --events-per-minute E  live events added while it runs (default 0)
  --delay-ms MS          delay of every answer (default 0)
  --page-cap N           most records the server puts on a page (default 1000)
  --port P               port on 127.0.0.1 (default 0: any free one)
  --help                 this text
`;

const SHAPES: Shape[] = ['even', 'office', 'bursty', 'sparse'];
/** A generated record takes about 700 bytes of memory, so this is about 7 GB. */
const MOST_RECORDS = 10_000_000;

/**
 * Reads the command line; undefined if it asks for help.
 * @throws BadOption naming the option and what it takes.
 */
export function parseCommandLine(argv: string[]): Wishes | undefined {
  const given = readOptions(argv);
  if (given.help) return undefined;
  const shape = SHAPES.find((name) => name === given.shape);
  if (!shape) throw new BadOption(`--shape must be one of ${SHAPES.join(', ')}`);
  return {
    records: wholeNumber('--records', given.records, 0, MOST_RECORDS),
    seed: wholeNumber('--seed', given.seed, 0, 2 ** 32 - 1),
    shape,
    days: wholeNumber('--days', given.days, 1, 36_500),
    port: wholeNumber('--port', given.port, 0, 65_535),
    eventsPerMinute: wholeNumber('--events-per-minute', given['events-per-minute'], 0, 60_000),
    delayMs: wholeNumber('--delay-ms', given['delay-ms'], 0, 600_000),
    pageCap: wholeNumber('--page-cap', given['page-cap'], 1, 100_000),
  };
}

function readOptions(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        records: {type: 'string', default: '10000'},
        seed: {type: 'string', default: '1'},
        shape: {type: 'string', default: 'office'},
        days: {type: 'string', default: '30'},
        port: {type: 'string', default: '0'},
        'events-per-minute': {type: 'string', default: '0'},
        'delay-ms': {type: 'string', default: '0'},
        'page-cap': {type: 'string', default: '1000'},
        help: {type: 'boolean', default: false},
      },
    }).values;
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new BadOption(`${option} must be a whole number from ${least} to ${most}, not '${text}'`);
}
