import {type Behaviour, HONEST, liesOf} from './behaviour';
import type {Chain} from './chain';
import type {Violation, Wrong} from './ledger';
import {mostInOneMs} from './random-chain';
import type {SmallWorld} from './small-logs';

type World = Pick<Chain, 'behaviour' | 'happenings' | 'steps'>;

/** Worlds in which the connector is known to break a promise, and which one. */
export interface KnownGap {
  /** What is known of it, and the command that shows it. */
  readonly what: string;
  readonly wrong: readonly Wrong[];
  readonly holds: (world: World) => boolean;
}

/**
 * All that is known to break and is not mended: whatever else breaks is a fault of its own. An entry goes
 * when its commands, as `node scripts/simulate.mjs ... --syncs 1 --strict`, show nothing any more.
 */
export const KNOWN_GAPS: readonly KnownGap[] = [
  {
    what:
      'Rows are left out after paging: what is read by place takes more than ten times the requests, or readings do not agree. ' +
      'lies --of "filtered runs" --seed 800025; lies --of "filtered runs" --caps 200 --seed 430009',
    wrong: ['failed', 'requests', 'hang'],
    holds: tells(/^filtered/),
  },
  {
    what:
      'Rows are left out after paging, and in each answer others, since the order changes: a row that several readings leave out, or show on two pages, is taken for none, or for twins. ' +
      'pairs --of "order anew, filtered runs" --caps 20 --seed 9; pairs --of "ties anew, filtered thin" --seed 900002',
    wrong: ['lost', 'premature', 'doubled'],
    holds: both(tells(/^filtered/), tells(/^(order (none|anew)|ties anew)/)),
  },
  {
    what:
      'Rows are left out after paging, many pages of them in a row, and the server does not say how many a page has, or that there is another one: what stands after them is taken for nothing. ' +
      'pairs --of "next never, filtered runs" --caps 10 --seed 5400334; pairs --of "next now and then, filtered runs" --caps 30 --seed 5400061',
    wrong: ['lost', 'premature'],
    holds: both(tells(/^filtered runs/), tells(/^(limitSaid|next (never|now))/)),
  },
  {
    what:
      'Pages are cut short at any size: many of them are of a few records, so that it may take more than ten times the requests. ' +
      'lies --of "pages of any size" --caps 20 --seed 27019',
    wrong: ['requests'],
    holds: tells(/^pages/),
  },
  {
    what:
      'Pages are cut short at any size, and rows are left out or the order changes, too: which of it makes a page short cannot be told. ' +
      'pairs --of "pages of any size, ties anew" --seed 77; pairs --of "pages of any size, filtered" --seed 77',
    wrong: ['lost', 'premature', 'doubled', 'failed', 'hang'],
    holds: both(tells(/^pages/), tells(/^(filtered|order|ties anew)/)),
  },
  {
    what:
      'Pages are cut short at any size, and `next` lies, too: nothing tells the last page from one that was cut, until some have been found out. ' +
      'pairs --of "pages of any size, next now and then" --caps 20 --seed 8979; pairs --of "pages of any size, next never" --seed 8855',
    wrong: ['lost', 'premature', 'doubled', 'failed', 'hang'],
    holds: both(tells(/^pages/), tells(/^next/)),
  },
  {
    what:
      'Where `start` is ignored or clamped windows are halved until one answer holds them: many requests, and a millisecond that just fills a page is taken for one that was cut. ' +
      'lies --of "start ignored" --seed 60009; lies --of "start clamped" --caps 20 --seed 89',
    wrong: ['failed', 'requests', 'hang'],
    holds: tells(/^start (ignored|clamped)/),
  },
  {
    what:
      'Where answers do not go newest first windows are cut until they hold less than a page, and a crowd that goes on growing is read until readings agree: more than ten times the requests, or a failure. ' +
      'lies --of "order oldest first" --seed 800074; lies --of "order oldest first" --seed 800393; lies --of "order by ingestion" --caps 10 --seed 800219',
    wrong: ['requests', 'failed'],
    holds: tells(/^order/),
  },
  {
    what:
      'A late record stands, by ingestion, after a crowd whose times a rounded bound brings in again: the page that confirms what is newer ends amid it. ' +
      'pairs --of "order by ingestion, rounding cut to a second" --caps 20 --seed 6000',
    wrong: ['lost', 'premature', 'doubled'],
    holds: both(tells(/^order/), tells(/^rounding/)),
  },
  {
    what: 'Pages of one record or two in an order of its own in each answer, and the server does not say so: two readings may happen to look alike, or the pages of one to go by time. small-worlds',
    wrong: ['lost', 'premature', 'doubled'],
    holds: both(both(tells(/^order anew/), tells(/^limitSaid/)), hasPagesOfAtMost(2)),
  },
  {
    what:
      'A crowd on pages of a few records, in an order of its own in each answer: readings may happen to look alike. ' +
      'lies --of "ties anew" --seed 601894; lies --of "order anew" --seed 602497; lies --of "order anew" --seed 604486',
    wrong: ['lost', 'premature', 'doubled'],
    holds: both(both(tells(/^(order|ties) anew/), hasPagesOfAtMost(6)), isLarge),
  },
  {
    what: 'Late records on pages of 3 that go by ingestion: no progress is made. small-worlds',
    wrong: ['failed'],
    holds: both(tells(/^order by ingestion/), hasPagesOfAtMost(3)),
  },
  {
    what:
      'Bounds that are rounded to a day bring pages of other records that have to be walked through: more than ten times the requests. ' +
      'lies --of "rounding cut to a day" --seed 61026',
    wrong: ['requests'],
    holds: tells(/to a day$/),
  },
  {
    what:
      'A millisecond that holds more than a page is read by offsets in a span that is asked for more widely, up into the future, while something is recorded again and again: no reading counts. ' +
      'lies --of "rounding outward to a day" --caps 20 --seed 7009; lies --of "rounding nearest to a second" --caps 20 --seed 42067',
    wrong: ['failed'],
    holds: both(both(tells(/^rounding/), isCrowded), isSlow),
  },
];

/** What is wrong in a world, without what is known. */
export function unknown(world: World, violations: readonly Violation[]): readonly Violation[] {
  const known = KNOWN_GAPS.filter(({holds}) => holds(world)).flatMap(({wrong}) => wrong);
  return violations.filter(({wrong}) => !known.includes(wrong));
}

/** What is wrong in a small world, without what is known. */
export function unknownOfSmall(
  {records, cap, lies}: SmallWorld,
  violations: readonly Violation[],
): readonly Violation[] {
  const behaviour: Behaviour = Object.assign({}, HONEST, ...lies.map(({turned}) => turned), {cap});
  const happenings = records.map(({ms}) => ({timeMs: ms, visibleAtMs: ms, json: ''}));
  return unknown({behaviour, happenings, steps: []}, violations);
}

function tells(lie: RegExp): KnownGap['holds'] {
  return ({behaviour}) => liesOf(behaviour).some(({name}) => lie.test(name));
}

function hasPagesOfAtMost(rows: Behaviour['cap']): KnownGap['holds'] {
  return ({behaviour}) => behaviour.cap <= rows;
}

/** It is none of the small worlds. */
function isLarge({happenings}: World): boolean {
  return happenings.length > 4;
}

function isSlow({steps}: World): boolean {
  return steps.some(({requestMs, answerMs}) => requestMs + answerMs > 0);
}

function isCrowded({behaviour: {cap}, happenings}: World): boolean {
  return mostInOneMs(happenings) > cap;
}

function both(one: KnownGap['holds'], other: KnownGap['holds']): KnownGap['holds'] {
  return (world) => one(world) && other(world);
}
