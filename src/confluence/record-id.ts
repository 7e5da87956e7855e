import {hash as digest} from 'node:crypto';

import schema from '../../resources/schemas/audit_records.json';
import type {Scanner} from '../json/scanner';
import {TextWriter} from '../json/text-writer';
import {CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE} from '../json/tokens';
import {Members, nameAt} from './members';

const VERSION = 'v1:';
const HASH_LENGTH = 32;

/** What an id is made from, after the cloud id and creationDate; in this order. */
const STABLE = [
  'category',
  'summary',
  'description',
  'remoteAddress',
  'sysAdmin',
  'superAdmin',
  'author',
  'affectedObject',
  'changedValues',
  'associatedObjects',
];
const {properties} = schema;
const RECORD = new Members(schema, [...STABLE, 'creationDate', 'id', 'cloudId', 'createdAt']);
const CREATION_DATE = STABLE.length;
/** Names that Confluence renders for an account are left out: a renamed user changes no id. */
const AUTHOR = new Members(properties.author, ['accountId', 'type', 'displayName']);
const OBJECT = new Members(properties.affectedObject, ['name', 'objectType']);
const CHANGE = new Members(properties.changedValues.items, [
  'name',
  'oldValue',
  'newValue',
  'hiddenOldValue',
  'hiddenNewValue',
]);

/** The id of the `ordinal`-th record (1, 2, …) with this hash in its millisecond. */
export function formatId(hash: string, ordinal: number): string {
  return ordinal === 1 ? `${VERSION}${hash}` : `${VERSION}${hash}:${ordinal}`;
}

/** One record that was walked over. */
export interface WalkedRecord {
  /** creationDate, epoch ms; NaN if it has none that is an integer. */
  readonly timeMs: number;
  /** The first 32 hex digits of SHA-256 over its stable content. */
  readonly hash: string;
  /** Where members stand that bear the name of a field of ours: from the quote to after the value. */
  readonly ours: readonly (readonly [number, number])[];
}

/** Something in a record that the stream's schema does not say. */
export interface Drift {
  /** Where it stands: `author.type`, `changedValues[].name`. */
  readonly path: string;
  /** The schema knows the field, but with another type. */
  readonly isOtherType: boolean;
}

/**
 * Walks over one tenant's records, and makes what an id is hashed from: the JSON text, without white
 * space, of an array that the README documents. A plain string goes in as its bytes stand;
 * any other value as JSON.stringify writes what JSON.parse reads; what is absent as null.
 */
export class RecordHasher {
  private hasDrifted = false;
  private readonly stable = new TextWriter(16 * 1024);
  private readonly content = new TextWriter(16 * 1024);
  /** Where each part of STABLE stands in `stable`: start and end. */
  private readonly places = new Int32Array(2 * STABLE.length);
  private readonly spans = new Int32Array(2 * CHANGE.wanted.length);

  private readonly head: number;

  /** @param onDrift told of what the schema does not say, the first time that such a thing is met */
  constructor(
    cloudId: string,
    private readonly onDrift: (drift: Drift) => void,
  ) {
    this.content.text(`["${cloudId}",`);
    this.head = this.content.length;
  }

  /** Steps over the record on whose `{` the scanner stands. @throws JsonCutOff, JsonFault */
  walk(scanner: Scanner): WalkedRecord {
    const {bytes} = scanner;
    const ours: [number, number][] = [];
    let timeMs = NaN;
    this.stable.length = 0;
    this.places.fill(-1);
    for (let more = scanner.enter(OPEN_BRACE); more; more = scanner.next(OPEN_BRACE)) {
      scanner.peek();
      const nameStart = scanner.at;
      const place = this.member(scanner, RECORD, '');
      const start = scanner.at;
      if (place >= 0 && place < CREATION_DATE) {
        this.places[2 * place] = this.stable.length;
        this.part(scanner, place);
        this.places[2 * place + 1] = this.stable.length;
      } else {
        scanner.value();
        if (place === CREATION_DATE) {
          timeMs = numberAt(bytes, start, scanner.at);
        } else if (place > CREATION_DATE && place < RECORD.wanted.length) {
          ours.push([nameStart, scanner.at]);
        }
      }
    }
    return {timeMs: Number.isSafeInteger(timeMs) ? timeMs : NaN, hash: this.hash(timeMs), ours};
  }

  private hash(timeMs: number): string {
    const {content, stable, places} = this;
    content.length = this.head;
    content.text(String(timeMs));
    for (let i = 0; i < places.length; i += 2) {
      content.byte(COMMA);
      if (places[i]! < 0) {
        content.text('null');
      } else {
        content.copy(stable.bytes, places[i]!, places[i + 1]!);
      }
    }
    content.byte(CLOSE_BRACKET);
    return digest('sha256', content.bytes.subarray(0, content.length), 'hex').slice(0, HASH_LENGTH);
  }

  /** Steps to a member's value; returns the place of its name. Notes what the schema does not know. */
  private member(scanner: Scanner, members: Members, path: string): number {
    scanner.peek();
    const start = scanner.at + 1;
    const end = scanner.key();
    const place = members.find(scanner.bytes, start, end);
    const byte = scanner.peek();
    if (!this.hasDrifted && (place < 0 || !members.allows(place, byte))) {
      this.note(path + nameAt(scanner.bytes, start, end), place >= 0);
    }
    return place;
  }

  private note(path: string, isOtherType: boolean): void {
    this.hasDrifted = true;
    this.onDrift({path, isOtherType});
  }

  private part(scanner: Scanner, place: number): void {
    switch (STABLE[place]) {
      case 'author':
        return this.object(scanner, AUTHOR, 'author.');
      case 'affectedObject':
        return this.object(scanner, OBJECT, 'affectedObject.');
      case 'changedValues':
        return this.each(scanner, CHANGE, 'changedValues[].');
      case 'associatedObjects':
        return this.each(scanner, OBJECT, 'associatedObjects[].');
      default:
        return this.value(scanner);
    }
  }

  private each(scanner: Scanner, members: Members, path: string): void {
    if (scanner.peek() !== OPEN_BRACKET) {
      return this.value(scanner);
    }
    this.stable.byte(OPEN_BRACKET);
    for (let more = scanner.enter(OPEN_BRACKET); more; more = scanner.next(OPEN_BRACKET)) {
      this.stable.comma(OPEN_BRACKET);
      if (!this.hasDrifted && !members.allowsInstead(scanner.peek())) {
        this.note(path.slice(0, -1), true);
      }
      this.object(scanner, members, path);
    }
    this.stable.byte(CLOSE_BRACKET);
  }

  /** The wanted members of an object, as an array; of an author with an account, its id. */
  private object(scanner: Scanner, members: Members, path: string): void {
    if (scanner.peek() !== OPEN_BRACE) {
      return this.value(scanner);
    }
    const {bytes} = scanner;
    const {spans} = this;
    spans.fill(0);
    for (let more = scanner.enter(OPEN_BRACE); more; more = scanner.next(OPEN_BRACE)) {
      const place = this.member(scanner, members, path);
      const start = scanner.at;
      const isPlain = scanner.value();
      if (place >= 0 && place < members.wanted.length) {
        spans[2 * place] = start;
        spans[2 * place + 1] = isPlain ? scanner.at : -scanner.at;
      }
    }
    const hasAccount =
      members === AUTHOR && bytes[spans[0]!] === QUOTE && Math.abs(spans[1]!) - spans[0]! > 2;
    if (hasAccount) {
      return this.copy(bytes, spans[0]!, spans[1]!);
    }
    this.stable.byte(OPEN_BRACKET);
    for (let i = members === AUTHOR ? 2 : 0; i < 2 * members.wanted.length; i += 2) {
      this.stable.comma(OPEN_BRACKET);
      this.copy(bytes, spans[i]!, spans[i + 1]!);
    }
    this.stable.byte(CLOSE_BRACKET);
  }

  private value(scanner: Scanner): void {
    scanner.peek();
    const start = scanner.at;
    const isPlain = scanner.value();
    this.copy(scanner.bytes, start, isPlain ? scanner.at : -scanner.at);
  }

  /** The value at `bytes[start, end)`; a negative end says that it does not stand as JSON.stringify writes it. */
  private copy(bytes: Buffer, start: number, end: number): void {
    if (end > 0) {
      this.stable.copy(bytes, start, end);
    } else if (end < 0) {
      const value: unknown = JSON.parse(bytes.toString('utf8', start, -end));
      this.stable.text(JSON.stringify(value));
    } else {
      this.stable.text('null');
    }
  }
}

/** The number that stands at `bytes[start, end)`: nearly always digits only. NaN if it is none. */
function numberAt(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) {
      return Number(bytes.toString('latin1', start, end));
    }
    number = number * 10 + digit;
  }
  return number;
}
