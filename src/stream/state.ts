import {Failure} from '../errors';
import {joined, type Window} from '../reading/windows';
import {findState, type Json} from './state-input';

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
  /**
   * What was emitted outside of `settled`, where records may still surface late: creationDate and the
   * first KEY_LENGTH characters of the hash, twins each; oldest first.
   */
  readonly emitted: readonly {readonly timeMs: number; readonly key: string}[];
  /** The keys are those of version 1.0.0. */
  readonly isLegacy?: boolean;
  /** The tenant that all this is about; undefined if the state does not say. */
  readonly cloudId?: string;
}

export const KEY_LENGTH = 20;
const NONE: readonly Window[] = [];
/** How many records a state remembers. */
export const MAX_EMITTED = 10_000;

/** A state as JSON: windows as `[from, to]`, what was emitted as `[ms, key, key, …]` for each millisecond. */
export function writeState({settled, emitted, ...rest}: StreamState): object {
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
 * Reads the state that the platform hands over, in whatever form (`findState`).
 * @returns undefined if there is no state, so that the sync is a first one
 * @throws Failure if there is one that cannot be understood
 */
export function parseState(input: unknown): StreamState | undefined {
  try {
    const state = findState(input);
    return state && readState(state);
  } catch (error) {
    throw new Failure(
      'input',
      `The saved state cannot be understood: ${(error as Error).message}. Restore the state that the last sync wrote, or set its creationDate to the time up to which all records are there.`,
    );
  }
}

/**
 * Version 1.0.0 wrote `lookbackFrom` in place of `settled`, and bare keys. A bare `creationDate` is taken
 * at its word: all up to it has been emitted.
 */
function readState(state: Json): StreamState {
  const creationDate = timeIn(state['creationDate'], 'creationDate');
  const lookbackFrom = timeIn(state['lookbackFrom'] ?? creationDate + 1, 'lookbackFrom');
  const isLegacy = (state['settled'] ?? undefined) === undefined;
  const settled = isLegacy
    ? [[0, Math.max(0, lookbackFrom - 1)]]
    : listIn(state['settled'], 'settled');
  const cloudId = state['cloudId'] ?? '';
  if (typeof cloudId !== 'string') {
    throw new Error('`cloudId` is not a string');
  }
  return {
    creationDate,
    readFrom: timeIn(state['readFrom'] ?? 0, 'readFrom'),
    settled: settled.map((each) => readSettled(each, creationDate)).reduce(joined, NONE),
    emitted: readEmitted(state['emitted'] ?? [], creationDate),
    ...(isLegacy && {isLegacy}),
    ...(cloudId && {cloudId}),
  };
}

/** @param cursorMs what is after it is not settled: somebody has set the cursor back */
function readSettled(input: unknown, cursorMs: number): Window {
  const [fromMs, toMs] = listIn(input, 'settled').map((each) => timeIn(each ?? -1, 'settled'));
  if (fromMs === undefined || toMs === undefined || toMs < fromMs) {
    throw new Error('`settled` is not a list of beginnings and ends');
  }
  return {fromMs, toMs: Math.min(toMs, cursorMs)};
}

/** @param cursorMs bare keys, whose time is not known, are kept until this has left the lookback */
function readEmitted(input: unknown, cursorMs: number): StreamState['emitted'] {
  return listIn(input, 'emitted').flatMap((entry) => {
    const [timeMs, ...keys] =
      typeof entry === 'string' ? [cursorMs, entry] : listIn(entry, 'emitted');
    if (!keys.every((key) => typeof key === 'string')) {
      throw new Error('`emitted` holds a key that is not a string');
    }
    return keys.map((key) => ({timeMs: timeIn(timeMs, 'emitted'), key}));
  });
}

function listIn(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) {
    throw new Error(`\`${name}\` is not a list of lists`);
  }
  return value;
}

function timeIn(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw new Error(`\`${name}\` is not an integer of epoch milliseconds`);
  }
  return value;
}
