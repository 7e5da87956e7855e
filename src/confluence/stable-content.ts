import {CLOSE_BRACKET, COMMA, OPEN_BRACKET, QUOTE} from '../json-tokens';
import {AUTHOR_KEYS, CHANGE_KEYS, OBJECT_KEYS, type RecordSpans, TEXTS} from './record-spans';
import type {Spans} from './spans';

const NULL = Buffer.from('null');

/** A record as far as its id is concerned. Confluence may leave out any of it. */
export interface StableRecord {
  readonly creationDate?: unknown;
  readonly category?: unknown;
  readonly summary?: unknown;
  readonly description?: unknown;
  readonly remoteAddress?: unknown;
  readonly author?: {accountId?: unknown; type?: unknown; displayName?: unknown} | null;
  readonly affectedObject?: unknown;
  readonly changedValues?: unknown;
  readonly associatedObjects?: unknown;
}

/**
 * What a record's id is made from, as JSON text without white space: the README documents this
 * array, and whoever can write it can compute the id. Values that Confluence renders when it is
 * asked, such as the name of an account, are left out, so that a renamed user changes no id.
 */
export function stableContent(cloudId: string, record: StableRecord): string {
  return JSON.stringify([
    cloudId,
    record.creationDate,
    record.category ?? null,
    record.summary ?? null,
    record.description ?? null,
    record.remoteAddress ?? null,
    authorOf(record.author),
    pick(record.affectedObject, ['name', 'objectType']),
    pickEach(record.changedValues, ['name', 'oldValue', 'newValue']),
    pickEach(record.associatedObjects, ['name', 'objectType']),
  ]);
}

/** The account id; for an author without one (System, anonymous) its type and name. */
function authorOf(author: StableRecord['author']): unknown {
  const accountId = author?.accountId;
  return typeof accountId === 'string' && accountId !== ''
    ? accountId
    : pick(author, ['type', 'displayName']);
}

function pick(value: unknown, keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value ?? null;
  }
  return keys.map((key) => (value as Record<string, unknown>)[key] ?? null);
}

function pickEach(value: unknown, keys: readonly string[]): unknown {
  return Array.isArray(value) ? value.map((each) => pick(each, keys)) : (value ?? null);
}

/**
 * The same from where the values stand in a page: appends them to `target[at…]`, which holds the
 * cloud id already and must have room for the record.
 * @returns the length of the whole content, or 0 where a value is neither text nor absent
 */
export function copyStableContent(
  bytes: Buffer,
  {own, author, affected, changed, associated}: RecordSpans,
  target: Buffer,
  at: number,
): number {
  let length = copy(bytes, own.start(0), own.end(0), target, at);
  for (let i = 1; i < TEXTS && length > 0; i++) {
    target[length++] = COMMA;
    length = copyText(bytes, own, i, target, length);
  }
  if (length > 0) {
    target[length++] = COMMA;
    length = copyAuthor(bytes, author, target, length);
  }
  if (length > 0) {
    target[length++] = COMMA;
    length = copyTexts(bytes, affected, 0, OBJECT_KEYS.size, target, length);
  }
  if (length > 0) {
    target[length++] = COMMA;
    length = copyEach(bytes, changed, CHANGE_KEYS.size, target, length);
  }
  if (length > 0) {
    target[length++] = COMMA;
    length = copyEach(bytes, associated, OBJECT_KEYS.size, target, length);
  }
  if (length > 0) {
    target[length++] = CLOSE_BRACKET;
  }
  return length;
}

function copyAuthor(bytes: Buffer, author: Spans, target: Buffer, at: number): number {
  const start = author.start(0);
  const end = author.end(0);
  const hasAccount = start > 0 && bytes[start] === QUOTE && end - start > '""'.length;
  return hasAccount
    ? copy(bytes, start, end, target, at)
    : copyTexts(bytes, author, 1, AUTHOR_KEYS.size, target, at);
}

/** Writes arrays of `width` texts each, in an array. */
function copyEach(bytes: Buffer, spans: Spans, width: number, target: Buffer, at: number): number {
  let length = at;
  target[length++] = OPEN_BRACKET;
  for (let first = 0; first < spans.length; first += width) {
    if (first > 0) {
      target[length++] = COMMA;
    }
    length = copyTexts(bytes, spans, first, first + width, target, length);
    if (length === 0) {
      return 0;
    }
  }
  target[length++] = CLOSE_BRACKET;
  return length;
}

/** Writes the values from place `first` to before `last` as an array. */
function copyTexts(
  bytes: Buffer,
  spans: Spans,
  first: number,
  last: number,
  target: Buffer,
  at: number,
): number {
  let length = at;
  target[length++] = OPEN_BRACKET;
  for (let i = first; i < last; i++) {
    if (i > first) {
      target[length++] = COMMA;
    }
    length = copyText(bytes, spans, i, target, length);
    if (length === 0) {
      return 0;
    }
  }
  target[length++] = CLOSE_BRACKET;
  return length;
}

/** A string as it stands, null for an absent one; gives up on anything else. */
function copyText(bytes: Buffer, spans: Spans, place: number, target: Buffer, at: number): number {
  const start = spans.start(place);
  if (start === 0) {
    return copy(NULL, 0, NULL.length, target, at);
  }
  return bytes[start] === QUOTE ? copy(bytes, start, spans.end(place), target, at) : 0;
}

/** Short pieces: a loop is quicker than a call of Buffer.copy. */
function copy(bytes: Buffer, start: number, end: number, target: Buffer, at: number): number {
  let length = at;
  for (let i = start; i < end; i++) {
    target[length++] = bytes[i]!;
  }
  return length;
}
