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
      'Most rows are left out after paging: hardly two pages share a millisecond, so how many rows a page has stays unknown, and a walk by places takes more than ten times the requests, or gives up. ' +
      'lies --of "filtered runs" --caps 20 --seed 1; lies --of "filtered thin" --seed 60003 (pages of 6)',
    wrong: ['failed', 'requests', 'hang'],
    holds: tells(/^filtered/),
  },
  {
    what:
      'Rows are left out after paging, and `next` is no help, or a reading in no order has holes: what stands behind them is taken not to be there. ' +
      'pairs --of "next never, filtered runs" --caps 20 --seed 24; pairs --of "order anew, filtered runs" --caps 20 --seed 11',
    wrong: ['lost', 'premature'],
    holds: both(tells(/^filtered/), tells(/^(next|limitSaid|size|order|ties)/)),
  },
  {
    what:
      'Where `start` is ignored or clamped a page that comes again is asked for again, up to 400 times: also where one record is all there is. ' +
      'lies --of "start ignored" --seed 60009; lies --of "start clamped" --caps 20 --seed 2',
    wrong: ['failed', 'requests', 'hang'],
    holds: tells(/^start (ignored|clamped)/),
  },
  {
    what:
      'Without an order windows are halved until they hold less than a page: many requests, and with crowded milliseconds more than 2,000. ' +
      'pairs --of "order none, rounding cut to a minute" --seed 70002',
    wrong: ['requests', 'hang'],
    holds: tells(/^order (none|anew|by ingestion)/),
  },
  {
    what:
      'Before the order is known, a page of one time is taken to go newest first, and without an order one of few times may happen to. ' +
      'pairs --of "order none, rounding inward to a day" --caps 20 --seed 2581; pairs --of "order anew, rounding inward to a minute" --caps 20 --seed 2742',
    wrong: ['lost', 'premature', 'doubled', 'failed'],
    holds: both(tells(/^order/), tells(/^(rounding|filtered|start)/)),
  },
  {
    what:
      'Oldest first, another lie, and a log of few records: more than ten times the requests. ' +
      'pairs --of "order oldest first, ties reversed" --seed 70003 (two records, pages of 43)',
    wrong: ['requests'],
    holds: both(tells(/^order oldest first/), hasPagesOfAtMost(50)),
  },
  {
    what:
      'Pages of one record, of which neither limit nor `next` tells: one of two is taken for all. ' +
      'pairs --of "limitSaid asked, next never" --seed 12',
    wrong: ['lost', 'premature'],
    holds: both(both(tells(/^limitSaid/), tells(/^next/)), hasPagesOfAtMost(2)),
  },
  {
    what: 'Late records on pages of 3 that go by ingestion: no progress is made. small-worlds',
    wrong: ['failed'],
    holds: both(tells(/^order by ingestion/), hasPagesOfAtMost(3)),
  },
  {
    what:
      'On pages of one or two whether bounds are kept is tried once, by a record that may lie on a round time; the next one does not. ' +
      'small-worlds ("rounding inward to a minute", pages of 1)',
    wrong: ['lost', 'premature', 'doubled'],
    holds: both(tells(/^rounding/), hasPagesOfAtMost(2)),
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
      'A millisecond that holds more than a page is read by offsets in a span that is open to the future, or rounded up to it: what is recorded meanwhile shifts them, so that a reading shows twins of one record. ' +
      'chains --lies 0 --caps 20 --seed 210; chains --lies 0 --caps 20 --seed 28; lies --of "rounding outward to a day" --caps 20 --seed 11',
    wrong: ['failed', 'doubled'],
    holds: both(({behaviour: {cap}, happenings}) => mostInOneMs(happenings) > cap, isSlow),
  },
  {
    what:
      'After a 502 pages are asked for in a smaller size, and a crowded millisecond is still stepped through by the larger: readings have holes. ' +
      'chains --lies 1 --seed 1121',
    wrong: ['failed'],
    holds: both(
      ({behaviour: {cap}, happenings}) => mostInOneMs(happenings) >= cap,
      ({steps}) => steps.some(({faults}) => faults.length > 0),
    ),
  },
  {
    what:
      'Each answer in an order of its own: a page of few times that happens to be in order is believed, where one millisecond fills most of it. ' +
      'randomChain(1820, {mostLies: 1}) (order anew, pages of 5)',
    wrong: ['lost', 'premature'],
    holds: both(
      tells(/^order (none|anew)/),
      ({behaviour: {cap}, happenings}) => mostInOneMs(happenings) > cap / 2,
    ),
  },
  {
    what:
      'A start that is moved back while `Date` and this clock disagree: what is read before the settled past is neither settled nor remembered. ' +
      'chains --lies 0 --seed 6010; chains --lies 0 --seed 7826',
    wrong: ['doubled'],
    holds: both(hasMovedStart, ({steps}) => steps.some(({date}) => date?.offMs !== 0)),
  },
  {
    what:
      'The oldest record of all before a crowded millisecond, on pages of few: that nothing comes before it is asked for without the record beside it. ' +
      'chains --lies 0 --seed 7142 (pages of 5)',
    wrong: ['failed'],
    holds: both(
      hasPagesOfAtMost(6),
      ({behaviour: {cap}, happenings}) => mostInOneMs(happenings) > cap,
    ),
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

function hasMovedStart({steps}: World): boolean {
  return new Set(steps.map(({backfillStartMs}) => backfillStartMs)).size > 1;
}

function both(one: KnownGap['holds'], other: KnownGap['holds']): KnownGap['holds'] {
  return (world) => one(world) && other(world);
}
