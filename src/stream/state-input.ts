import {gunzipSync} from 'node:zlib';

import {STREAM} from '../airbyte/messages';

export type Json = Readonly<Record<string, unknown>>;

/**
 * The stream state in what the platform hands over: a list of STATE messages or of their `state` objects, one
 * of these, a legacy object with the stream's name as key, a bare stream state, or the CDK's gzip form of
 * any of it. Nulls, other streams and unknown keys are passed over; of several states the last one counts.
 * @returns undefined if there is none
 * @throws Error that says what is odd about it
 */
export function findState(input: unknown): Json | undefined {
  const given = inflate(input);
  return (Array.isArray(given) ? given : [given]).map(find).findLast(Boolean);
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

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
