import {type Lie, LIES, PAIRS} from './behaviour';

const MOST_RECORDS = 4;
const CAPS = [1, 2, 3];

/** When a record of a small world comes to light. */
export type Arrival = 'at once' | 'during the first sync' | 'after it' | 'after the second';

/** A record, by its millisecond and by what it says: equal letters are twins. */
export interface SmallRecord {
  readonly ms: 0 | 1 | 2;
  readonly letter: string;
  readonly arrival: Arrival;
}

export interface SmallWorld {
  readonly records: readonly SmallRecord[];
  readonly cap: number;
  readonly lies: readonly Lie[];
}

/** All small worlds: honest, with every lie, and with every two; the more lies, the fewer ways to arrive. */
export function* smallWorlds(): Generator<SmallWorld> {
  yield* worldsOf(['at once', 'during the first sync', 'after it', 'after the second'], [[]]);
  yield* worldsOf(
    ['at once', 'after it'],
    LIES.map((lie) => [lie]),
  );
  yield* worldsOf(['at once'], PAIRS);
}

function* worldsOf(
  arrivals: readonly Arrival[],
  allLies: readonly (readonly Lie[])[],
): Generator<SmallWorld> {
  for (const records of smallLogs(arrivals)) {
    for (const cap of CAPS) {
      for (const lies of allLies) {
        yield {records, cap, lies};
      }
    }
  }
}

/** Every log of up to four records over three milliseconds, up to renaming, in every order of arrival. */
function* smallLogs(arrivals: readonly Arrival[]): Generator<readonly SmallRecord[]> {
  const seen = new Set<string>();
  for (let count = 0; count <= MOST_RECORDS; count++) {
    for (const records of choose(count, arrivals, [])) {
      const name = canonical(records);
      if (!seen.has(name)) {
        seen.add(name);
        yield records;
      }
    }
  }
}

function* choose(
  left: number,
  arrivals: readonly Arrival[],
  chosen: readonly SmallRecord[],
): Generator<readonly SmallRecord[]> {
  if (left === 0) {
    yield chosen;
    return;
  }
  const last = chosen.at(-1);
  for (const ms of ([0, 1, 2] as const).filter((each) => each >= (last?.ms ?? 0))) {
    const letters = last?.ms === ms ? ['a', 'b', 'c', 'd'] : ['a'];
    const used = chosen.filter((each) => each.ms === ms).map(({letter}) => letter);
    const nextLetter = letters[new Set(used).size];
    for (const letter of letters.filter((each) => used.includes(each) || each === nextLetter)) {
      for (const arrival of arrivals) {
        yield* choose(left - 1, arrivals, [...chosen, {ms, letter, arrival}]);
      }
    }
  }
}

/** Two logs with the same name differ in nothing but the letters' names. */
function canonical(records: readonly SmallRecord[]): string {
  const groups = new Map<string, string[]>();
  for (const {ms, letter, arrival} of records) {
    const key = `${ms}${letter}`;
    groups.set(key, [...(groups.get(key) ?? []), arrival]);
  }
  return [...groups]
    .map(([key, arrivals]) => `${key[0]}:${arrivals.sort().join()}`)
    .sort()
    .join(' ');
}
