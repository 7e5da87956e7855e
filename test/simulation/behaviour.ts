/**
 * What a simulated Confluence does, one knob for each line of the table of what the API may do and a
 * sync must bear. HONEST is the API as documented; every other value of a knob is a lie.
 */
export interface Behaviour {
  /** Rows on a page, at most. */
  readonly cap: number;
  /** Pages have as many rows as they may, or any number of them: something on the way goes by bytes. */
  readonly pages: 'full' | 'of any size';
  /** What `limit` in an answer says: what was granted, what was asked for, or nothing. */
  readonly limitSaid: 'granted' | 'asked' | 'absent';
  readonly next: 'honest' | 'always' | 'never' | 'now and then' | 'after a full page';
  readonly size: 'page' | 'total' | 'absent' | 'zero';
  readonly order: 'newest first' | 'oldest first' | 'by ingestion' | 'none' | 'anew';
  /** The order of records of one millisecond. */
  readonly ties: 'stable' | 'reversed' | 'anew';
  readonly startBound: 'inclusive' | 'exclusive';
  readonly endBound: 'inclusive' | 'exclusive';
  readonly rounding: Rounding;
  /** Rows that paging counts and no answer shows: one beside each record, or more than a page of them in a row. */
  readonly filtered: 'none' | 'thin' | 'runs';
  /** `start` as asked, taken for 0, or never deeper than so many rows. */
  readonly start: 'honoured' | 'ignored' | {readonly clampedTo: number};
}

export type Rounding = 'none' | `${'cut' | 'inward' | 'outward' | 'nearest'} to a ${Grain}`;
export type Grain = 'second' | 'minute' | 'day';

export const HONEST: Behaviour = {
  cap: 1000,
  pages: 'full',
  limitSaid: 'granted',
  next: 'honest',
  size: 'page',
  order: 'newest first',
  ties: 'stable',
  startBound: 'inclusive',
  endBound: 'inclusive',
  rounding: 'none',
  filtered: 'none',
  start: 'honoured',
};

export type Knob = Exclude<keyof Behaviour, 'cap'>;

/** One knob that is turned away from HONEST. */
export interface Lie {
  readonly knob: Knob;
  readonly name: string;
  readonly turned: Partial<Behaviour>;
}

const ROUNDINGS = (['cut', 'inward', 'outward', 'nearest'] as const).flatMap((way) =>
  (['second', 'minute', 'day'] as const).map((grain) => `${way} to a ${grain}` as const),
);

/** Every lie by itself. */
export const LIES: readonly Lie[] = [
  ...lies('pages', ['of any size']),
  ...lies('limitSaid', ['asked', 'absent']),
  ...lies('next', ['always', 'never', 'now and then', 'after a full page']),
  ...lies('size', ['total', 'absent', 'zero']),
  ...lies('order', ['oldest first', 'by ingestion', 'none', 'anew']),
  ...lies('ties', ['reversed', 'anew']),
  ...lies('startBound', ['exclusive']),
  ...lies('endBound', ['exclusive']),
  ...lies('rounding', ROUNDINGS),
  ...lies('filtered', ['thin', 'runs']),
  ...lies('start', ['ignored', {clampedTo: 2}]),
];

/** Every two lies about different things. */
export const PAIRS: readonly (readonly [Lie, Lie])[] = LIES.flatMap((one, at) =>
  LIES.slice(at + 1)
    .filter((other) => other.knob !== one.knob)
    .map((other) => [one, other] as const),
);

/** The knobs of a behaviour that are turned away from HONEST. */
export function liesOf(behaviour: Behaviour): Lie[] {
  return LIES.filter(
    ({knob, turned}) =>
      JSON.stringify(turned[knob]) === JSON.stringify(behaviour[knob]) ||
      (knob === 'start' && typeof behaviour.start === 'object' && typeof turned.start === 'object'),
  );
}

function lies<K extends Knob>(knob: K, values: readonly Behaviour[K][]): Lie[] {
  return values.map((value) => ({
    knob,
    name: `${knob} ${typeof value === 'string' ? value : 'clamped'}`,
    turned: {[knob]: value},
  }));
}
