import {JsonCursor} from '../json-cursor';
import {KeySet} from './key-set';
import {Spans} from './spans';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** 1 for every byte that may stand in a string and means itself. */
const PLAIN = Uint8Array.from({length: 256}, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
/** The escapes that JSON.stringify writes, too: a string with no others is already as it would write it. */
const USUAL_ESCAPES = Uint8Array.from({length: 256}, (_, byte) =>
  '"\\bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** Places in `own`, in the order in which an id's content has them; the names of our own fields follow. */
const RECORD_KEYS = new KeySet(
  'creationDate',
  'category',
  'summary',
  'description',
  'remoteAddress',
  'author',
  'affectedObject',
  'changedValues',
  'associatedObjects',
  'id',
  'cloudId',
  'createdAt',
);
export const TEXTS = 5;
const AUTHOR = 5;
const AFFECTED = 6;
const CHANGED = 7;
const ASSOCIATED = 8;
export const AUTHOR_KEYS = new KeySet('accountId', 'type', 'displayName');
export const OBJECT_KEYS = new KeySet('name', 'objectType');
export const CHANGE_KEYS = new KeySet('name', 'oldValue', 'newValue');

/**
 * Finds in one walk where the values stand that make a record's id, and checks the JSON on the way.
 * It knows records as Confluence writes them, and gives up on any other: on white space, an unusual
 * escape, a value of another type, a key that comes twice, and on whatever is no JSON. Who uses it
 * then takes the slow way, by JsonCursor and JSON.parse, to the same result.
 */
export class RecordSpans {
  /** creationDate and the texts; the places of the others only tell whether they are there. */
  readonly own = new Spans();
  readonly author = new Spans();
  readonly affected = new Spans();
  /** Three places for each changed value, two for each associated object. */
  readonly changed = new Spans();
  readonly associated = new Spans();

  /**
   * Notes where the values of the record at `bytes[start]` stand.
   * @returns the position behind the record, or -1 to give up
   */
  locate(bytes: Buffer, start: number): number {
    const {own, author, affected, changed, associated} = this;
    own.clear();
    author.clear();
    affected.clear();
    changed.clear();
    associated.clear();
    own.add(RECORD_KEYS.size);
    const end = bytes[start] === OPEN_BRACE ? this.locateIn(bytes, start, RECORD_KEYS, own) : -1;
    const isUsual =
      author.length > 0 &&
      affected.length > 0 &&
      own.start(CHANGED) > 0 &&
      own.start(ASSOCIATED) > 0;
    return isUsual ? end : -1;
  }

  /** creationDate of the record that was located, epoch ms; undefined if it has none that is an integer. */
  timeMs(bytes: Buffer): number | undefined {
    let time = 0;
    for (let at = this.own.start(0); at < this.own.end(0); at++) {
      time = time * 10 + bytes[at]! - ZERO;
    }
    return this.own.start(0) > 0 && Number.isSafeInteger(time) ? time : undefined;
  }

  /** Notes the values of `keys` in the object at `bytes[at]`, in the last places of `spans`. */
  private locateIn(bytes: Buffer, at: number, keys: KeySet, spans: Spans): number {
    const first = spans.length - keys.size;
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
      const start = keyEnd + 1;
      const place = keys.find(bytes, keyStart, keyEnd - 1);
      const end =
        keys === RECORD_KEYS && place >= AUTHOR
          ? this.locateNested(bytes, start, place)
          : endOfValue(bytes, start);
      if (end < 0) {
        return -1;
      }
      if (place >= 0) {
        if (spans.start(first + place) > 0) {
          return -1;
        }
        spans.set(first + place, start, end);
      }
      const byte = bytes[end];
      if (byte === CLOSE_BRACE) {
        return end + 1;
      }
      if (byte !== COMMA) {
        return -1;
      }
      next = end + 1;
    }
  }

  private locateNested(bytes: Buffer, at: number, place: number): number {
    switch (place) {
      case AUTHOR:
        return this.locateObject(bytes, at, AUTHOR_KEYS, this.author);
      case AFFECTED:
        return this.locateObject(bytes, at, OBJECT_KEYS, this.affected);
      case CHANGED:
        return this.locateEach(bytes, at, CHANGE_KEYS, this.changed);
      case ASSOCIATED:
        return this.locateEach(bytes, at, OBJECT_KEYS, this.associated);
      default:
        return -1;
    }
  }

  private locateObject(bytes: Buffer, at: number, keys: KeySet, spans: Spans): number {
    if (bytes[at] !== OPEN_BRACE) {
      return -1;
    }
    spans.add(keys.size);
    return this.locateIn(bytes, at, keys, spans);
  }

  private locateEach(bytes: Buffer, at: number, keys: KeySet, spans: Spans): number {
    if (bytes[at] !== OPEN_BRACKET) {
      return -1;
    }
    let next = at + 1;
    if (bytes[next] === CLOSE_BRACKET) {
      return next + 1;
    }
    for (;;) {
      next = this.locateObject(bytes, next, keys, spans);
      if (next < 0) {
        return -1;
      }
      const byte = bytes[next++];
      if (byte === CLOSE_BRACKET) {
        return next;
      }
      if (byte !== COMMA) {
        return -1;
      }
    }
  }
}

/** Behind the string at `at`, or -1. */
function endOfText(bytes: Buffer, at: number): number {
  let next = at + 1;
  for (;;) {
    while (PLAIN[bytes[next]!] === 1) {
      next++;
    }
    const byte = bytes[next];
    if (byte === QUOTE) {
      return next + 1;
    }
    if (byte !== BACKSLASH || USUAL_ESCAPES[bytes[next + 1]!] !== 1) {
      return -1;
    }
    next += 2;
  }
}

/** Behind the value at `at`, or -1. */
function endOfValue(bytes: Buffer, at: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return endOfText(bytes, at);
    case 0x6e:
      return bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c
        ? at + 4
        : -1;
    case 0x74:
      return bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65
        ? at + 4
        : -1;
    case 0x66:
      return bytes[at + 1] === 0x61 &&
        bytes[at + 2] === 0x6c &&
        bytes[at + 3] === 0x73 &&
        bytes[at + 4] === 0x65
        ? at + 5
        : -1;
    case OPEN_BRACE:
    case OPEN_BRACKET:
      return endOfNested(bytes, at);
    default:
      return endOfDigits(bytes, at);
  }
}

/** A container whose content is of no interest here is rare: the strict cursor checks it. */
function endOfNested(bytes: Buffer, at: number): number {
  const cursor = new JsonCursor(bytes);
  cursor.at = at;
  cursor.skipValue();
  return cursor.at;
}

/** Behind the natural number at `at`, or -1. */
function endOfDigits(bytes: Buffer, at: number): number {
  let next = at;
  while (bytes[next]! >= ZERO && bytes[next]! <= ZERO + 9) {
    next++;
  }
  return next === at || (bytes[at] === ZERO && next > at + 1) ? -1 : next;
}
