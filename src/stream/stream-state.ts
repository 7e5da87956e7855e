import type {Window} from '../reading/windows';

type Json = Readonly<Record<string, unknown>>;

/**
 * The stream's place in time, as it is saved in `stream_state`. It MUST hold whenever it is written:
 * every record that the API showed in `settled`, or up to `creationDate` from `readFrom` on, has been
 * emitted before.
 */
export interface StreamState {
  /** The cursor, epoch ms. It never moves back. */
  readonly creationDate: number;
  /** Where reading began, epoch ms: what is older is not wanted so far. */
  readonly readFrom: number;
  /**
   * What is never read again: it was older than the lookback when it was read. In order and apart. A
   * gap between two is what a backfill start that was moved back has still to bring.
   */
  readonly settled: readonly Window[];
  /** What was emitted outside of `settled`, where records may still surface late; oldest first. */
  readonly emitted: readonly Emitted[];
  /** The keys are those of version 1.0.0. */
  readonly isLegacy?: boolean;
  /** The tenant that all this is about; undefined if the state does not say. */
  readonly cloudId?: string;
}

/** That a record was emitted, twins each. */
export interface Emitted {
  /** creationDate, epoch ms. */
  readonly timeMs: number;
  /** The first 20 hex digits of its hash. */
  readonly key: string;
}

/** How many records a state remembers. */
export const MAX_EMITTED = 10_000;

const KEY_LENGTH = 20;
const KEY = /^[0-9a-f]{20}$/;

/** The key under which a state remembers a record with this hash. */
export function emittedKey(hash: string): string {
  return hash.slice(0, KEY_LENGTH);
}

/** A state as JSON: windows as `[from, to]`, what was emitted as `[ms, key, key, …]` for each millisecond. */
export function writeStreamState({settled, emitted, ...rest}: StreamState): object {
  const byTime: [number, ...string[]][] = [];
  for (const {timeMs, key} of emitted) {
    const last = byTime.at(-1);
    if (last?.[0] === timeMs) {
      last.push(key);
    } else {
      byTime.push([timeMs, key]);
    }
  }
  return {...rest, settled: settled.map(({fromMs, toMs}) => [fromMs, toMs]), emitted: byTime};
}

/**
 * Reads a `stream_state` with a `creationDate`. Version 1.0.0 wrote `lookbackFrom` in place of
 * `settled`, and bare keys; a state with neither is taken at its word: all up to its cursor has been
 * emitted.
 * @throws Error that says what is wrong
 */
export function readStreamState(state: Json): StreamState {
  const {settled, emitted, cloudId} = state;
  const creationDate = timeIn(state, 'creationDate');
  const isOld = settled === undefined || settled === null;
  const untilMs = timeIn(state, 'lookbackFrom', creationDate + 1) - 1;
  if (typeof (cloudId ?? '') !== 'string') {
    throw new Error('`cloudId` is not a string');
  }
  return {
    creationDate,
    readFrom: timeIn(state, 'readFrom', 0),
    settled: isOld ? [{fromMs: 0, toMs: untilMs}] : readSettled(settled),
    emitted: readEmitted(emitted ?? [], creationDate),
    ...(isOld && {isLegacy: true}),
    ...(cloudId ? {cloudId: cloudId as string} : undefined),
  };
}

function readSettled(input: unknown): Window[] {
  const isWindow = (each: unknown): each is [number, number] =>
    Array.isArray(each) && each.length === 2 && each.every(isTime) && each[0]! <= each[1]!;
  if (!Array.isArray(input) || !input.every(isWindow)) {
    throw new Error('`settled` is not a list of windows');
  }
  return input.map(([fromMs, toMs]) => ({fromMs, toMs}));
}

/** @param cursorMs bare keys, whose time is not known, are kept until this has left the lookback */
function readEmitted(input: unknown, cursorMs: number): Emitted[] {
  const entries = Array.isArray(input) ? input : [undefined];
  return entries.flatMap((entry: unknown) => {
    const [timeMs, ...keys] = Array.isArray(entry) ? (entry as unknown[]) : [cursorMs, entry];
    if (!isTime(timeMs) || !keys.every((key) => typeof key === 'string' && KEY.test(key))) {
      throw new Error('`emitted` is not a list of record keys');
    }
    return keys.map((key) => ({timeMs, key: key as string}));
  });
}

function timeIn(state: Json, name: string, otherwise?: number): number {
  const value = state[name] ?? otherwise;
  if (!isTime(value)) {
    throw new Error(`\`${name}\` is not an integer of epoch milliseconds`);
  }
  return value;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
