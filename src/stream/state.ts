import {gunzipSync} from 'node:zlib';

import {STREAM} from '../airbyte/messages';
import {Failure} from '../errors';
import {readStreamState, type StreamState} from './stream-state';

type Json = Readonly<Record<string, unknown>>;

const MAX_STATE_BYTES = 64 * 1024 * 1024;
/** What tells a STATE message, or the `state` inside one, from a legacy object. */
const MESSAGE_KEYS = ['type', 'stream', 'state', 'global'];

/**
 * Finds the stream's state in what the platform hands over: a list of STATE messages or of their
 * `state` objects, a legacy object with the stream's name as key, the CDK's gzip form of any of it,
 * or a bare stream state. Nulls, other streams and unknown keys are passed over.
 * @returns undefined if there is no state, so that the sync is a first one
 * @throws Failure if there is one that cannot be understood
 */
export function parseState(input: unknown): StreamState | undefined {
  try {
    return findState(input);
  } catch (error) {
    throw new Failure(
      'input',
      `The saved state cannot be understood: ${(error as Error).message}. Restore the state that the last sync wrote, or set its creationDate to the time up to which all records are there.`,
    );
  }
}

function findState(input: unknown): StreamState | undefined {
  const state = inflate(input) ?? {};
  if (Array.isArray(state)) {
    return state.map(findInMessage).findLast((found) => found !== undefined);
  }
  if (!isObject(state)) {
    throw new Error(`it is ${typeof state}, and not a list or an object`);
  }
  return MESSAGE_KEYS.some((key) => key in state) ? findInMessage(state) : findInLegacy(state);
}

function findInMessage(message: unknown): StreamState | undefined {
  const {stream, global, data, state}: Json = isObject(message) ? message : {};
  if (isObject(state)) {
    return findInMessage(state);
  }
  if (isObject(stream)) {
    return findInStream(stream);
  }
  if (isObject(global) && Array.isArray(global['stream_states'])) {
    const found = global['stream_states'].filter(isObject).map(findInStream);
    return found.find((each) => each !== undefined);
  }
  if (isObject(data)) {
    return findInLegacy(data);
  }
  if (!isObject(message) || Object.values(message).some((value) => value !== null)) {
    throw new Error('it holds something that is not a state message');
  }
  return undefined;
}

function findInStream({
  stream_descriptor: descriptor,
  stream_state: state,
}: Json): StreamState | undefined {
  const {name, namespace}: Json = isObject(descriptor) ? descriptor : {};
  if (typeof name !== 'string') {
    throw new Error('a stream in it has no name in its `stream_descriptor`');
  }
  return name === STREAM.name && !namespace ? read(state) : undefined;
}

/** `{"audit_records": {…}}`, or the stream state itself. */
function findInLegacy(input: Json): StreamState | undefined {
  const legacy = inflate(input);
  if (isObject(legacy) && STREAM.name in legacy) {
    return read(legacy[STREAM.name]);
  }
  const isOfOthers =
    isObject(legacy) && !('creationDate' in legacy) && Object.values(legacy).every(isObject);
  return isOfOthers ? undefined : read(legacy);
}

function read(input: unknown): StreamState | undefined {
  const state = inflate(input) ?? {};
  if (!isObject(state)) {
    throw new Error('the stream state is not an object');
  }
  return Object.keys(state).length === 0 ? undefined : readStreamState(state);
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

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
