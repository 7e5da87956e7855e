/**
 * The quick way to a record's stable content: one walk over the bytes of a record that is known to
 * be valid JSON, copying instead of parsing. It gives up (returns 0) wherever the bytes could mean
 * something else than they say: an escape, white space, a value of another type, a key that comes
 * twice. test/record-id.test.ts holds it against the slow way.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const NULL = Buffer.from('null');

/** Keys in the order in which their values are written. */
const RECORD_KEYS = keys(
  'creationDate',
  'category',
  'summary',
  'description',
  'remoteAddress',
  'author',
  'affectedObject',
  'changedValues',
  'associatedObjects',
);
const AUTHOR_KEYS = keys('accountId', 'type', 'displayName');
const OBJECT_KEYS = keys('name', 'objectType');
const CHANGE_KEYS = keys('name', 'oldValue', 'newValue');

/** [start, end) of each key's value, one table a level: a record's own values, then those inside one of them. */
const recordSpans = new Int32Array(2 * RECORD_KEYS.length);
const innerSpans = new Int32Array(2 * CHANGE_KEYS.length);

/**
 * Appends the stable content of the record that starts at `bytes[start]` to `target[at…]`, which
 * holds the array's head already and must have room for the record.
 * @returns the length of the whole content, or 0 if this record takes the slow way
 */
export function copyStableContent(
  bytes: Buffer,
  start: number,
  target: Buffer,
  at: number,
): number {
  if (locate(bytes, start, RECORD_KEYS, recordSpans) < 0) {
    return 0;
  }
  let length = at;
  for (let i = 0; i < RECORD_KEYS.length; i++) {
    const from = recordSpans[2 * i]!;
    if (i > 0) {
      target[length++] = COMMA;
    }
    length = copyValue(i, bytes, from, recordSpans[2 * i + 1]!, target, length);
    if (length === 0) {
      return 0;
    }
  }
  target[length++] = CLOSE_BRACKET;
  return length;
}

function copyValue(
  key: number,
  bytes: Buffer,
  from: number,
  to: number,
  target: Buffer,
  at: number,
): number {
  if (key === 0) {
    return copy(bytes, from, to, target, at);
  }
  if (key < 5) {
    return copyText(bytes, from, to, target, at);
  }
  if (key === 5) {
    return copyAuthor(bytes, from, target, at);
  }
  if (key === 6) {
    return copyPicked(bytes, from, OBJECT_KEYS, target, at);
  }
  return copyEach(bytes, from, key === 7 ? CHANGE_KEYS : OBJECT_KEYS, target, at);
}

/** A string as it stands, null for an absent one; nothing else. */
function copyText(bytes: Buffer, from: number, to: number, target: Buffer, at: number): number {
  if (from === 0) {
    return copy(NULL, 0, 4, target, at);
  }
  return bytes[from] === QUOTE ? copy(bytes, from, to, target, at) : 0;
}

function copyAuthor(bytes: Buffer, from: number, target: Buffer, at: number): number {
  if (
    from === 0 ||
    bytes[from] !== OPEN_BRACE ||
    locate(bytes, from, AUTHOR_KEYS, innerSpans) < 0
  ) {
    return 0;
  }
  const accountStart = innerSpans[0]!;
  const accountEnd = innerSpans[1]!;
  if (accountStart > 0 && bytes[accountStart] === QUOTE && accountEnd - accountStart > 2) {
    return copy(bytes, accountStart, accountEnd, target, at);
  }
  return copySpans(bytes, 1, 3, target, at);
}

function copyPicked(
  bytes: Buffer,
  from: number,
  wanted: readonly Buffer[],
  target: Buffer,
  at: number,
): number {
  if (from === 0 || bytes[from] !== OPEN_BRACE || locate(bytes, from, wanted, innerSpans) < 0) {
    return 0;
  }
  return copySpans(bytes, 0, wanted.length, target, at);
}

function copyEach(
  bytes: Buffer,
  from: number,
  wanted: readonly Buffer[],
  target: Buffer,
  at: number,
): number {
  if (from === 0 || bytes[from] !== OPEN_BRACKET) {
    return 0;
  }
  let length = at;
  let next = from + 1;
  target[length++] = OPEN_BRACKET;
  while (bytes[next] !== CLOSE_BRACKET) {
    if (bytes[next] === COMMA) {
      target[length++] = COMMA;
      next++;
    }
    next = bytes[next] === OPEN_BRACE ? locate(bytes, next, wanted, innerSpans) : -1;
    length = next < 0 ? 0 : copySpans(bytes, 0, wanted.length, target, length);
    if (length === 0) {
      return 0;
    }
  }
  target[length++] = CLOSE_BRACKET;
  return length;
}

/** Writes the inner spans [first, last) as an array. */
function copySpans(bytes: Buffer, first: number, last: number, target: Buffer, at: number): number {
  let length = at;
  target[length++] = OPEN_BRACKET;
  for (let i = first; i < last; i++) {
    if (i > first) {
      target[length++] = COMMA;
    }
    length = copyText(bytes, innerSpans[2 * i]!, innerSpans[2 * i + 1]!, target, length);
    if (length === 0) {
      return 0;
    }
  }
  target[length++] = CLOSE_BRACKET;
  return length;
}

function copy(bytes: Buffer, from: number, to: number, target: Buffer, at: number): number {
  let length = at;
  for (let i = from; i < to; i++) {
    target[length++] = bytes[i]!;
  }
  return length;
}

/**
 * Finds the values of `wanted` in the object at `bytes[at]`, [0, 0) for those that are absent.
 * @returns the position behind the object, or -1 to give up
 */
function locate(bytes: Buffer, at: number, wanted: readonly Buffer[], spans: Int32Array): number {
  spans.fill(0);
  let next = at + 1;
  if (bytes[next] === CLOSE_BRACE) {
    return next + 1;
  }
  for (;;) {
    const keyStart = next + 1;
    const keyEnd = bytes[next] === QUOTE ? endOfText(bytes, next) : -1;
    if (keyEnd < 0 || bytes[keyEnd] !== COLON) {
      return -1;
    }
    const valueStart = keyEnd + 1;
    const valueEnd = endOfValue(bytes, valueStart);
    if (valueEnd < 0) {
      return -1;
    }
    const key = indexOfKey(bytes, keyStart, keyEnd - 1, wanted);
    if (key >= 0) {
      if (spans[2 * key] !== 0) {
        return -1;
      }
      spans[2 * key] = valueStart;
      spans[2 * key + 1] = valueEnd;
    }
    const byte = bytes[valueEnd];
    if (byte === CLOSE_BRACE) {
      return valueEnd + 1;
    }
    if (byte !== COMMA) {
      return -1;
    }
    next = valueEnd + 1;
  }
}

function indexOfKey(bytes: Buffer, start: number, end: number, wanted: readonly Buffer[]): number {
  const length = end - start;
  const first = bytes[start];
  for (let i = 0; i < wanted.length; i++) {
    const key = wanted[i]!;
    if (key.length === length && key[0] === first) {
      let same = 1;
      while (same < length && key[same] === bytes[start + same]) {
        same++;
      }
      if (same === length) {
        return i;
      }
    }
  }
  return -1;
}

/** Behind the string at `at`; -1 if it has an escape. */
function endOfText(bytes: Buffer, at: number): number {
  let next = at + 1;
  let byte = bytes[next];
  while (byte !== QUOTE) {
    if (byte === BACKSLASH) {
      return -1;
    }
    byte = bytes[++next];
  }
  return next + 1;
}

/** Behind the value at `at`; -1 if it has an escape or begins with white space. */
function endOfValue(bytes: Buffer, at: number): number {
  const byte = bytes[at]!;
  if (byte === QUOTE) {
    return endOfText(bytes, at);
  }
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
    return endOfNested(bytes, at);
  }
  let next = at;
  while (isScalar(bytes[next]!)) {
    next++;
  }
  return next > at ? next : -1;
}

function endOfNested(bytes: Buffer, at: number): number {
  let depth = 0;
  for (let next = at; ;) {
    const byte = bytes[next]!;
    if (byte === QUOTE) {
      next = endOfText(bytes, next);
      if (next < 0) {
        return -1;
      }
      continue;
    }
    next++;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
      return next;
    }
  }
}

/** Part of a number or a literal. */
function isScalar(byte: number): boolean {
  return byte !== COMMA && byte > 0x20 && byte !== CLOSE_BRACE && byte !== CLOSE_BRACKET;
}

function keys(...names: string[]): readonly Buffer[] {
  return names.map((name) => Buffer.from(name));
}
