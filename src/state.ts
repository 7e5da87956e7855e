import {gunzipSync} from 'node:zlib';

import {Failure} from './errors';

const MAX_STATE_BYTES = 64 * 1024 * 1024;
const ID_KEY = /^[0-9a-f]{20}$/;
const NO_MESSAGE = 'it holds something that is not a state message';

/**
 * The stream's place in time, as it is saved in `stream_state`. It MUST hold whenever it is written:
 * every record that the API showed with a creationDate up to `creationDate` has been emitted before.
 */
export interface StreamState {
  /** The cursor, epoch ms. It never moves back. */
  readonly creationDate: number;
  /**
   * Epoch ms; what happened before it is settled and never read again. From here on records may
   * still surface late, so the next sync reads from here. Absent in a state from elsewhere: then
   * all up to the cursor is settled.
   */
  readonly lookbackFrom?: number;
  /**
   * One key for each record that was emitted from `lookbackFrom` on (twins: one each), oldest
   * first, at most MAX_EMITTED of them: the first 20 hex digits of the id.
   */
  readonly emitted?: readonly string[];
  /** The tenant that all this is about. */
  readonly cloudId?: string;
}

export const MAX_EMITTED = 10_000;

/** The key under which a state remembers a record with this hash. */
export function emittedKey(contentHash: string): string {
  return contentHash.slice(0, 20);
}

/**
 * Finds the stream's state in what the platform hands over: a list of STATE messages or of their
 * `state` objects, a legacy object with the stream's name as key, the CDK's gzip form of any of it,
 * or a bare stream state. Nulls, other streams and unknown keys are passed over.
 * @returns undefined if there is no state, so that the sync is a first one
 * @throws Failure if there is one that cannot be understood
 */
export function parseState(input: unknown, streamName: string): StreamState | undefined {
  try {
    return findState(input, streamName);
  } catch (error) {
    throw new Failure(
      'input',
      `The saved state cannot be understood: ${(error as Error).message}. Restore the state that the last sync wrote, or clear it to read again from the backfill start time.`,
    );
  }
}

function findState(input: unknown, streamName: string): StreamState | undefined {
  const state = inflate(input);
  if (state === undefined || state === null) {
    return undefined;
  }
  if (Array.isArray(state)) {
    const found = state.map((each) => findInMessage(each, streamName));
    return found.findLast((each) => each !== undefined);
  }
  if (!isObject(state)) {
    throw new Error(`it is ${typeof state}, and not a list or an object`);
  }
  return 'type' in state || 'stream' in state || 'state' in state || 'global' in state
    ? findInMessage(state, streamName)
    : findInLegacy(state, streamName);
}

/** One STATE message, or the `state` inside one. */
function findInMessage(message: unknown, streamName: string): StreamState | undefined {
  if (!isObject(message)) {
    throw new Error(NO_MESSAGE);
  }
  const {stream, global, data, state} = message;
  if (isObject(state)) {
    return findInMessage(state, streamName);
  }
  if (isObject(stream)) {
    return findInStream(stream, streamName);
  }
  if (isObject(global) && Array.isArray(global['stream_states'])) {
    const found = global['stream_states'].map((each: unknown) =>
      isObject(each) ? findInStream(each, streamName) : undefined,
    );
    return found.find((each) => each !== undefined);
  }
  if (isObject(data)) {
    return findInLegacy(data, streamName);
  }
  if (Object.values(message).some((value) => value !== null)) {
    throw new Error(NO_MESSAGE);
  }
  return undefined;
}

function findInStream(
  stream: Record<string, unknown>,
  streamName: string,
): StreamState | undefined {
  const descriptor = stream['stream_descriptor'];
  if (!isObject(descriptor) || typeof descriptor['name'] !== 'string') {
    throw new Error('a stream in it has no name in its `stream_descriptor`');
  }
  if (descriptor['name'] !== streamName || descriptor['namespace']) {
    return undefined;
  }
  return readStreamState(stream['stream_state']);
}

/** `{"audit_records": {…}}`, or the stream state itself. */
function findInLegacy(input: Record<string, unknown>, streamName: string): StreamState | undefined {
  const legacy = inflate(input);
  if (!isObject(legacy)) {
    throw new Error('it holds no object');
  }
  if (streamName in legacy) {
    return readStreamState(legacy[streamName]);
  }
  return 'creationDate' in legacy || !Object.values(legacy).every(isObject)
    ? readStreamState(legacy)
    : undefined;
}

function readStreamState(input: unknown): StreamState | undefined {
  const state = inflate(input);
  if (state === undefined || state === null) {
    return undefined;
  }
  if (!isObject(state)) {
    throw new Error('the stream state is not an object');
  }
  if (Object.keys(state).length === 0) {
    return undefined;
  }
  const {creationDate, lookbackFrom, emitted, cloudId} = state;
  if (!isTime(creationDate)) {
    throw new Error('`creationDate` is not an integer of epoch milliseconds');
  }
  if (lookbackFrom !== undefined && lookbackFrom !== null && !isTime(lookbackFrom)) {
    throw new Error('`lookbackFrom` is not an integer of epoch milliseconds');
  }
  if (cloudId !== undefined && cloudId !== null && typeof cloudId !== 'string') {
    throw new Error('`cloudId` is not a string');
  }
  return {
    creationDate,
    ...(isTime(lookbackFrom) && {lookbackFrom, emitted: readEmitted(emitted)}),
    ...(typeof cloudId === 'string' && {cloudId}),
  };
}

function readEmitted(emitted: unknown): readonly string[] {
  const list = emitted ?? [];
  const isList = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((key) => typeof key === 'string' && ID_KEY.test(key));
  if (!isList(list)) {
    throw new Error('`emitted` is not a list of record keys');
  }
  return list;
}

/** The CDK writes states as `{"format": "base64/gzip", "data": "…"}`. */
function inflate(value: unknown): unknown {
  if (!isObject(value) || typeof value['data'] !== 'string') {
    return value;
  }
  if (value['format'] !== 'base64/gzip') {
    throw new Error(`its format ${JSON.stringify(value['format'])} is not known`);
  }
  const text = gunzipSync(Buffer.from(value['data'], 'base64'), {maxOutputLength: MAX_STATE_BYTES});
  return JSON.parse(text.toString('utf8'));
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
