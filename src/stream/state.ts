import {gunzipSync} from 'node:zlib';

import {Failure} from '../errors';
import {readStreamState, type StreamState} from './stream-state';

const MAX_STATE_BYTES = 64 * 1024 * 1024;
const NO_MESSAGE = 'it holds something that is not a state message';

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
      `The saved state cannot be understood: ${(error as Error).message}. Restore the state that the last sync wrote, or set its creationDate to the time up to which all records are there.`,
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
  return read(stream['stream_state']);
}

/** `{"audit_records": {…}}`, or the stream state itself. */
function findInLegacy(input: Record<string, unknown>, streamName: string): StreamState | undefined {
  const legacy = inflate(input);
  if (!isObject(legacy)) {
    throw new Error('it holds no object');
  }
  if (streamName in legacy) {
    return read(legacy[streamName]);
  }
  return 'creationDate' in legacy || !Object.values(legacy).every(isObject)
    ? read(legacy)
    : undefined;
}

function read(input: unknown): StreamState | undefined {
  const state = inflate(input);
  if (state === undefined || state === null) {
    return undefined;
  }
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
