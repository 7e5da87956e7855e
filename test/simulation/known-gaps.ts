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
 * All that the simulator finds and that is not mended: whatever else breaks is a fault of its own. An
 * entry goes when its command shows nothing any more.
 */
export const KNOWN_GAPS: readonly KnownGap[] = [
  {
    what:
      'Rows are left out after paging: what is read by place takes more than ten times the requests, or readings do not agree. ' +
      'lies --of "filtered runs" --caps 20 --seed 9; lies --of "filtered runs" --caps 20 --seed 96 (more than 2,000 requests); lies --of "filtered thin" --caps 20 --seed 6',
    wrong: ['failed', 'requests', 'hang'],
    holds: tells(/^filtered/),
  },
  {
    what:
      'Rows are left out after paging, and `next` never tells of more: where a page shows few or none, what comes after it is taken not to be there. ' +
      'pairs --of "next never, filtered thin" --seed 4; pairs --of "next never, filtered runs" --caps 20 --seed 320001',
    wrong: ['lost', 'premature'],
    holds: both(tells(/^filtered/), tells(/^next never/)),
  },
  {
    what:
      'One row in two is left out after paging, and `next` tells of more now and then: the same. ' +
      'pairs --of "next now and then, filtered thin" --seed 36',
    wrong: ['lost', 'premature'],
    holds: both(tells(/^filtered thin/), tells(/^next now and then/)),
  },
  {
    what:
      'Rows are left out after paging, and in each answer others, since the order changes: a row that several readings leave out, or show on two pages, is taken for none, or for twins. ' +
      'pairs --of "order anew, filtered runs" --caps 20 --seed 11; pairs --of "ties anew, filtered runs" --seed 900001; pairs --of "ties anew, filtered thin" --seed 900002',
    wrong: ['lost', 'premature', 'doubled'],
    holds: both(tells(/^filtered/), tells(/^(order (none|anew)|ties anew)/)),
  },
  {
    what:
      'Where `start` is ignored or clamped windows are halved until one answer holds them: many requests, and a millisecond that just fills a page is taken for one that was cut. ' +
      'lies --of "start ignored" --seed 60009; lies --of "start clamped" --caps 20 --seed 89; pairs --of "rounding cut to a second, start clamped" --caps 20 --seed 910001 (more than 2,000 requests)',
    wrong: ['failed', 'requests', 'hang'],
    holds: tells(/^start (ignored|clamped)/),
  },
  {
    what:
      'Without an order windows are halved until they hold less than a page: many requests. ' +
      'lies --of "order anew" --seed 61018; pairs --of "order none, rounding cut to a minute" --seed 70047',
    wrong: ['requests'],
    holds: tells(/^order (none|anew|by ingestion)/),
  },
  {
    what:
      'Before the order is known, a page of one time is taken to go newest first, and without an order one of few times may happen to. ' +
      'pairs --of "order oldest first, rounding inward to a day" --seed 900003; pairs --of "order none, rounding cut to a minute" --seed 70041',
    wrong: ['lost', 'premature'],
    holds: both(tells(/^order/), tells(/^rounding/)),
  },
  {
    what:
      'A log of few pages, walked through more than once or read by place: more than ten times the requests. ' +
      'lies --of "order oldest first" --seed 61026; lies --of "next now and then" --seed 61026 (24 records, pages of 2); lies --of "order oldest first" --seed 603',
    wrong: ['requests'],
    holds: both(tells(/^(order oldest first|next now and then)/), hasPagesOfAtMost(50)),
  },
  {
    what:
      'Oldest first, and no start is set: the one record that the first sync asks for, to tell the time by, is the oldest and not the newest. ' +
      'lies --of "order oldest first" --seed 509',
    wrong: ['doubled'],
    holds: both(tells(/^order oldest first/), ({steps}) =>
      steps.some(({backfillStartMs}) => backfillStartMs === undefined),
    ),
  },
  {
    what:
      'Oldest first, on pages of few, where one millisecond fills most of a page: the same is asked for again and again, and proves nothing. ' +
      'lies --of "order oldest first" --seed 512 (pages of 4)',
    wrong: ['failed'],
    holds: both(tells(/^order oldest first/), hasPagesOfAtMost(6)),
  },
  {
    what:
      'Exact twins fill a page, and neither limit nor `next` tells of more: the next page shows the same, and is taken for the first one again. ' +
      'pairs --of "limitSaid asked, next never" --seed 19 (6 twins, pages of 4)',
    wrong: ['lost', 'premature'],
    holds: both(both(tells(/^limitSaid/), tells(/^next/)), isCrowded),
  },
  {
    what: 'Late records on pages of 3 that go by ingestion: no progress is made. small-worlds',
    wrong: ['failed'],
    holds: both(tells(/^order by ingestion/), hasPagesOfAtMost(3)),
  },
  {
    what:
      'By ingestion, a late record stands amid those of a crowded millisecond: what is asked for next begins with the last of these, and passes it. ' +
      'lies --of "order by ingestion" --seed 61013',
    wrong: ['lost', 'premature'],
    holds: both(tells(/^order by ingestion/), isCrowded),
  },
  {
    what:
      'Bounds that are rounded to a day bring pages of other records that have to be walked through. ' +
      'lies --of "rounding cut to a day" --seed 69 (pages of 4)',
    wrong: ['requests'],
    holds: tells(/to a day$/),
  },
  {
    what:
      'A millisecond that holds more than a page is read by offsets in a span that is rounded up into the future: what is recorded meanwhile shifts them, so that a reading shows twins of one record. ' +
      'lies --of "rounding outward to a day" --caps 20 --seed 79; lies --of "rounding cut to a day" --seed 85',
    wrong: ['failed', 'doubled'],
    holds: both(both(tells(/to a day$/), isCrowded), isSlow),
  },
  {
    what:
      'Each answer in an order of its own: a page of few times that happens to be in order is believed, where one millisecond fills most of it. ' +
      'pairs --of "next always, order anew" --seed 900002 (pages of 8)',
    wrong: ['lost', 'premature', 'doubled'],
    holds: both(
      tells(/^order (none|anew)/),
      ({behaviour: {cap}, happenings}) => mostInOneMs(happenings) > cap / 2,
    ),
  },
  {
    what:
      'The oldest record of all before a crowded millisecond, on pages of few: that nothing comes before it is asked for without the record beside it. ' +
      'chains --lies 0 --seed 7142 (pages of 5); chains --lies 0 --seed 9868',
    wrong: ['failed'],
    holds: both(hasPagesOfAtMost(6), isCrowded),
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

function isSlow({steps}: World): boolean {
  return steps.some(({requestMs, answerMs}) => requestMs + answerMs > 0);
}

function isCrowded({behaviour: {cap}, happenings}: World): boolean {
  return mostInOneMs(happenings) > cap;
}

function both(one: KnownGap['holds'], other: KnownGap['holds']): KnownGap['holds'] {
  return (world) => one(world) && other(world);
}
