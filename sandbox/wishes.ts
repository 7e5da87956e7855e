import {FAILURE_NAMES} from './play-failure';

/** An option that takes a whole number. */
interface NumberOption {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
  readonly help: string;
}

/** An option that takes one of some words; on the command line hyphens stand for blanks. */
interface ChoiceOption {
  /** The first is the default. */
  readonly choices: readonly [string, ...string[]];
  readonly help: string;
}

const DAY_MS = 86_400_000;
const LARGEST_INT32 = 2 ** 31 - 1;
/** A generated record takes about 700 bytes of memory, so this is about 7 GB. */
const MOST_RECORDS = 10_000_000;

function number(least: number, most: number, usual: number, help: string): NumberOption {
  return {least, most, usual, help};
}

/** The options with numbers, by the names of the wishes; a flag is the same name in kebab-case. */
export const NUMBERS = {
  records: number(0, MOST_RECORDS, 10_000, 'records in the log when it starts'),
  days: number(1, 36_500, 30, 'days that they are spread over, ending now'),
  seed: number(0, 2 ** 32 - 1, 1, 'another seed, another log'),
  eventsPerMinute: number(0, 60_000, 0, 'live events added while it runs'),
  port: number(0, 65_535, 0, 'port on 127.0.0.1; 0: any free one'),
  delayMs: number(0, 600_000, 0, 'delay of every answer'),
  pageCap: number(1, 100_000, 1000, 'most records the server puts on a page'),
  filteredRows: number(0, 1000, 0, 'rows after each record that count and are not shown'),
  mostStart: number(0, LARGEST_INT32, LARGEST_INT32, 'a larger start is taken as this one'),
  replicaLagMs: number(0, DAY_MS, 0, 'half of the answers lack what is younger than this'),
  dateSkewMs: number(-1e12, 1e12, 0, 'added to the Date header; write --date-skew-ms=-1000'),
  failAfter: number(0, LARGEST_INT32, 0, 'good answers before --fail begins'),
  failTimes: number(1, LARGEST_INT32, LARGEST_INT32, 'how often it fails, then all is well'),
} satisfies Record<string, NumberOption>;

/** The options with words. */
export const CHOICES = {
  shape: {
    choices: ['office', 'even', 'bursty', 'sparse', 'burst'],
    help: 'how records lie in time',
  },
  spelling: {choices: ['usual', 'nulls and blanks', 'escapes'], help: 'how the JSON is written'},
  pageCut: {choices: ['never', 'anywhere'], help: 'whether pages end short of what they may hold'},
  capNotice: {
    choices: ['said', 'echo', 'silent'],
    help: "the answer's limit: what was granted, what was asked, left out",
  },
  next: {
    choices: ['honest', 'never', 'always', 'sometimes', 'on empty'],
    help: 'when an answer has _links.next',
  },
  size: {choices: ['page', 'total', 'zero', 'absent'], help: "what the answer's size says"},
  order: {
    choices: ['newest first', 'oldest first', 'ingestion', 'shuffled', 'random'],
    help: 'of the records; random: another in each answer',
  },
  tieOrder: {choices: ['stable', 'reversed', 'anew'], help: 'among records of one millisecond'},
  exclusive: {choices: ['none', 'start', 'end', 'both'], help: 'bounds that are not included'},
  boundsUnit: {choices: ['millisecond', 'second', 'minute', 'day'], help: 'grain of the bounds'},
  boundsRounding: {
    choices: ['down', 'inwards', 'outwards', 'nearest'],
    help: 'which way to that grain',
  },
  date: {choices: ['always', 'once', 'absent'], help: 'which answers --date-skew-ms is for'},
  fail: {choices: ['none', ...FAILURE_NAMES], help: 'what it answers instead of a page'},
} as const satisfies Record<string, ChoiceOption>;

/** What the person who starts the sandbox wants. */
export type Wishes = {[Name in keyof typeof NUMBERS]: number} & {
  [Name in keyof typeof CHOICES]: (typeof CHOICES)[Name]['choices'][number];
};

/** `page-cap` of `pageCap` */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `on-empty` of `on empty` */
export function wordOf(choice: string): string {
  return choice.replaceAll(' ', '-');
}
