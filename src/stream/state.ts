import {gunzipSync} from 'node:zlib';

import {STREAM} from '../airbyte/messages';
import {Failure} from '../errors';
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
 * Reads what the platform hands over: a list of STATE messages or of their `state` objects, one of
 * these, a legacy object with the stream's name as key, a bare stream state, or the CDK's gzip form of
 * any of it. Nulls, other streams and unknown keys are passed over; of several states the last one counts.
 * @returns undefined if there is no state, so that the sync is a first one
 * @throws Failure if there is one that cannot be understood
 */
export function parseState(input: unknown): StreamState | undefined {
  try {
    const given = inflate(input);
    const state = (Array.isArray(given) ? given : [given]).map(find).findLast(Boolean);
    return state && readState(state);
  } catch (error) {
    throw new Failure(
      'input',
      `The saved state cannot be understood: ${(error as Error).message}. Restore the state that the last sync wrote, or set its creationDate to the time up to which all records are there.`,
    );
  }
}

/** The stream state in a value of one of these forms; undefined if it has none. */
function find(input: unknown): Json | undefined {
  const value = membersOf(input);
  const {stream, state, data, [STREAM.name]: ours} = value;
  if ('creationDate' in value) {
    return value;
  }
  if (isObject(stream)) {
    const {name, namespace} = membersOf(stream['stream_descriptor']);
    if (typeof name !== 'string') {
      throw new Error('a stream in it has no name in its `stream_descriptor`');
    }
    return name === STREAM.name && !namespace ? stateIn(stream['stream_state']) : undefined;
  }
  if (isObject(state) || isObject(data)) {
    return find(state ?? data);
  }
  const isOfOthers = Object.values(value).every((each) => typeof each === 'object');
  if (ours === undefined && !isOfOthers) {
    throw new Error('`creationDate` is missing');
  }
  return stateIn(ours);
}

/** A stream state, if there is anything in it. */
function stateIn(input: unknown): Json | undefined {
  const state = membersOf(input);
  return Object.keys(state).length > 0 ? state : undefined;
}

/** The members of an object, also of one that was zipped; none of null. */
function membersOf(input: unknown): Json {
  const value = inflate(input) ?? {};
  if (!isObject(value)) {
    const what = Array.isArray(value) ? 'list' : typeof value;
    throw new Error(`it holds a ${what}, which is not an object`);
  }
  return value;
}

/** The CDK writes states as `{"format": "base64/gzip", "data": "…"}`. */
function inflate(value: unknown): unknown {
  if (!isObject(value) || typeof value['data'] !== 'string') {
    return value;
  }
  if (value['format'] !== 'base64/gzip') {
    throw new Error(`its format ${JSON.stringify(value['format'])} is not known`);
  }
  const text = gunzipSync(Buffer.from(value['data'], 'base64'));
  return JSON.parse(text.toString('utf8'));
}

/**
 * Version 1.0.0 wrote `lookbackFrom` in place of `settled`, and bare keys. A bare `creationDate` is taken
 * at its word: all up to it has been emitted.
 */
function readState(state: Json): StreamState {
  const creationDate = timeIn(state['creationDate'], 'creationDate');
  const untilMs = timeIn(state['lookbackFrom'] ?? creationDate + 1, 'lookbackFrom') - 1;
  const settled = state['settled'] ?? undefined;
  const cloudId = state['cloudId'] ?? '';
  if (typeof cloudId !== 'string') {
    throw new Error('`cloudId` is not a string');
  }
  return {
    creationDate,
    readFrom: timeIn(state['readFrom'] ?? 0, 'readFrom'),
    settled: settled ? readSettled(settled) : [{fromMs: 0, toMs: untilMs}],
    emitted: readEmitted(state['emitted'] ?? [], creationDate),
    ...(!settled && {isLegacy: true}),
    ...(cloudId && {cloudId}),
  };
}

function readSettled(input: unknown): Window[] {
  return listIn(input, 'settled').map((entry) => {
    const [fromMs, toMs] = listIn(entry, 'settled');
    return {fromMs: timeIn(fromMs, 'settled'), toMs: timeIn(toMs, 'settled')};
  });
}

/** @param cursorMs bare keys, whose time is not known, are kept until this has left the lookback */
function readEmitted(input: unknown, cursorMs: number): StreamState['emitted'] {
  return listIn(input, 'emitted').flatMap((entry) => {
    const [timeMs, ...keys] =
      typeof entry === 'string' ? [cursorMs, entry] : listIn(entry, 'emitted');
    return keys.map((key) => ({timeMs: timeIn(timeMs, 'emitted'), key: String(key)}));
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

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
