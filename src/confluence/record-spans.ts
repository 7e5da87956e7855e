import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../json-tokens';
import {KeySet} from './key-set';
import {Spans} from './spans';
import {endOfText, endOfValue, naturalNumber} from './usual-values';

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
    return naturalNumber(bytes, this.own.start(0), this.own.end(0));
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
