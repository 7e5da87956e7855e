import fc from 'fast-check';

import type {SandboxBehaviour} from '../../sandbox/options';

/** What may go wrong with one request. */
export const FAULTS = [
  '429 in seconds',
  '429 at a date',
  '429 bare',
  '503',
  'reset',
  'connection cut',
  'body cut',
  'HTML 502',
  '403',
  '404',
] as const;
export type Fault = (typeof FAULTS)[number];

/** A moment that a sync takes for the edge between what is settled, what has happened and what may come. */
export interface Edge {
  readonly ofStep: number;
  readonly isLookback: boolean;
  readonly offsetMs: number;
}

/** Events of one kind, one after the other. */
export interface Cluster {
  /** Where they begin: a share of the time that has passed (below 0) or that is to come, at the first sync. */
  readonly at: number | Edge;
  readonly count: number;
  /** 0: all in one millisecond. */
  readonly gapMs: number;
  /** All say the same: those of one millisecond are exact twins. */
  readonly areEqual: boolean;
  /** How late they surface: a share of the shortest lookback. */
  readonly lateness: number;
  /** One in this many surfaces late. */
  readonly lateOneIn: number;
}

/** What happens to `count` requests of a sync, from request number `from` (1, 2, …) on. */
export interface FaultyRequests {
  readonly from: number;
  readonly count: number;
  readonly fault: Fault;
}

/** One sync, and what happens before and in it. */
export interface Step {
  readonly waitMs: number;
  readonly lookbackMinutes: number;
  /** Time that passes on the way of each request, and on the way of each answer. */
  readonly requestMs: number;
  readonly answerMs: number;
  /** Another machine answers each sync, and its clock may be slow. */
  readonly dateBehindMs: number;
  readonly crashAfter: number | undefined;
  readonly faults: readonly FaultyRequests[];
}

export interface Scenario {
  readonly server: Pick<
    SandboxBehaviour,
    | 'pageCap'
    | 'order'
    | 'tieOrder'
    | 'startInclusive'
    | 'endInclusive'
    | 'size'
    | 'nextLink'
    | 'dateHeader'
    | 'gzip'
  >;
  readonly firstSyncMs: number;
  /** How much time lies before the first sync. */
  readonly spanMs: number;
  readonly skewMs: number;
  /** A share, as in Cluster; undefined: no past record is fetched. */
  readonly backfillFrom: number | undefined;
  readonly clusters: readonly Cluster[];
  readonly steps: readonly Step[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FIRST_SYNC = Date.UTC(2026, 2, 2, 12);

const share = fc.oneof(
  {weight: 4, arbitrary: fc.double({min: -1, max: 0, noNaN: true})},
  {weight: 3, arbitrary: fc.double({min: -0.001, max: 1, noNaN: true})},
  {weight: 1, arbitrary: fc.constantFrom(-1, 0, 1)},
);

const edge: fc.Arbitrary<Edge> = fc.record({
  ofStep: fc.nat(2),
  isLookback: fc.boolean(),
  offsetMs: fc.oneof(fc.integer({min: -2, max: 2}), fc.integer({min: -1200, max: 1200})),
});

const cluster: fc.Arbitrary<Cluster> = fc.record({
  at: fc.oneof({weight: 4, arbitrary: share}, {weight: 1, arbitrary: edge}),
  count: fc.oneof(
    {weight: 5, arbitrary: fc.integer({min: 1, max: 4})},
    {weight: 3, arbitrary: fc.integer({min: 2, max: 25})},
    {weight: 1, arbitrary: fc.integer({min: 20, max: 120})},
  ),
  gapMs: fc.oneof(
    {weight: 3, arbitrary: fc.constant(0)},
    {weight: 2, arbitrary: fc.constant(1)},
    {weight: 3, arbitrary: fc.integer({min: 2, max: 500})},
    {weight: 1, arbitrary: fc.integer({min: 500, max: 10 * MINUTE})},
  ),
  areEqual: fc.boolean(),
  lateness: fc.oneof(fc.constantFrom(0, 0, 1), fc.double({min: 0, max: 1, noNaN: true})),
  lateOneIn: fc.integer({min: 1, max: 4}),
});

const fault = (most: number): fc.Arbitrary<FaultyRequests> =>
  fc.record({
    from: fc.integer({min: 1, max: 20}),
    count: fc.integer({min: 1, max: most}),
    fault: fc.constantFrom(...FAULTS),
  });
const faults = fc.oneof(
  {weight: 3, arbitrary: fc.constant([])},
  {weight: 2, arbitrary: fc.array(fault(3), {minLength: 1, maxLength: 5})},
  // For as long as it takes: retries do not mend it.
  {
    weight: 1,
    arbitrary: fault(1).map((each) => [{...each, from: Math.ceil(each.from / 3), count: 1000}]),
  },
);

const step: fc.Arbitrary<Step> = fc.record({
  waitMs: fc.oneof(
    fc.integer({min: 0, max: 50}),
    fc.integer({min: 0, max: 5 * SECOND}),
    fc.integer({min: 0, max: 10 * MINUTE}),
    fc.integer({min: 0, max: 3 * HOUR}),
  ),
  lookbackMinutes: fc.constantFrom(60, 60, 60, 0, 1, 7),
  // The slowest make every part of a log one after which a STATE is due.
  requestMs: fc.constantFrom(0, 1, 40, 700, 31_000),
  answerMs: fc.constantFrom(0, 0, 30, 2500, 25_000),
  dateBehindMs: fc.constantFrom(0, 0, 0, 0, 1200, 90_000),
  crashAfter: fc.oneof(
    {weight: 2, arbitrary: fc.constant(undefined)},
    {weight: 1, arbitrary: fc.integer({min: 1, max: 20})},
    {weight: 1, arbitrary: fc.integer({min: 10, max: 150})},
  ),
  faults,
});

const server = fc.record({
  pageCap: fc.oneof(fc.integer({min: 1, max: 6}), fc.integer({min: 1, max: 60})),
  order: fc.constantFrom('newest first', 'newest first', 'oldest first'),
  tieOrder: fc.constantFrom('stable', 'reversed'),
  startInclusive: fc.boolean(),
  endInclusive: fc.boolean(),
  size: fc.constantFrom('page', 'total', 'absent'),
  nextLink: fc.boolean(),
  dateHeader: fc.constantFrom(true, true, true, false),
  gzip: fc.constantFrom(false, false, false, true),
} as const);

/** A Confluence, its log, and a chain of syncs. */
export const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    server,
    firstSyncMs: fc.integer({min: FIRST_SYNC, max: FIRST_SYNC + SECOND}),
    spanMs: fc.constantFrom(50, 5 * SECOND, 20 * MINUTE, 5 * HOUR, 30 * DAY, 400 * DAY),
    skewMs: fc.oneof(fc.constant(0), fc.integer({min: -5 * HOUR, max: 5 * HOUR})),
    backfillFrom: fc.oneof(
      {weight: 3, arbitrary: fc.constant(-1)},
      {weight: 2, arbitrary: fc.constantFrom(-1.5, -0.5, 0, undefined)},
      {weight: 1, arbitrary: fc.double({min: -1.1, max: 0.3, noNaN: true})},
    ),
    clusters: fc.array(cluster, {maxLength: 18}),
    steps: fc.oneof(
      {weight: 3, arbitrary: fc.array(step, {minLength: 1, maxLength: 3})},
      {weight: 1, arbitrary: fc.array(step, {minLength: 1, maxLength: 6})},
    ),
  })
  .map((each) => ({
    ...each,
    // Without a Date header the local clock is taken for the time, so it has to be right.
    skewMs: each.server.dateHeader ? each.skewMs : 0,
    server: {...each.server, pageCap: Math.max(each.server.pageCap, leastCap(each.clusters))},
  }));

/** A page for every record of a long log would only take time. */
function leastCap(clusters: readonly Cluster[]): number {
  return Math.ceil(clusters.reduce((sum, {count}) => sum + count, 0) / 14);
}
