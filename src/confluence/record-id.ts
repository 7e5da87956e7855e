import {hash as digest} from 'node:crypto';

import schema from '../../resources/schemas/audit_records.json';
import type {Scanner} from '../json/scanner';
import {TextWriter} from '../json/text-writer';
import {CLOSE_BRACKET, COMMA, numberAt, OPEN_BRACE, OPEN_BRACKET, QUOTE} from '../json/tokens';
import {Members, type OnDrift} from './members';

const VERSION = 'v1:';
const HASH_LENGTH = 32;

const {author, affectedObject, associatedObjects, changedValues} = schema.properties;
/** Names that Confluence renders for an account are left out: a renamed user changes no id. */
const AUTHOR = new Members('author.', author, ['accountId', 'type', 'displayName']);
const NAMED = ['name', 'objectType'];
const VALUES = ['name', 'oldValue', 'newValue', 'hiddenOldValue', 'hiddenNewValue'];

/** A member of a record that goes into its id: an object of which only some members count, a list of such, or any value. */
interface Part {
  readonly name: string;
  readonly of?: Members;
  readonly listOf?: Members;
}

/** What an id is made from, after the cloud id and creationDate; in this order. */
const PARTS: readonly Part[] = [
  {name: 'category'},
  {name: 'summary'},
  {name: 'description'},
  {name: 'remoteAddress'},
  {name: 'sysAdmin'},
  {name: 'superAdmin'},
  {name: 'author', of: AUTHOR},
  {name: 'affectedObject', of: new Members('affectedObject.', affectedObject, NAMED)},
  {name: 'changedValues', listOf: new Members('changedValues[].', changedValues.items, VALUES)},
  {
    name: 'associatedObjects',
    listOf: new Members('associatedObjects[].', associatedObjects.items, NAMED),
  },
];
const CREATION_DATE = PARTS.length;
const OURS = ['id', 'cloudId', 'createdAt'];
const RECORD = new Members('', schema, [...PARTS.map(({name}) => name), 'creationDate', ...OURS]);

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

/**
 * Walks over one tenant's records, and makes what an id is hashed from: the JSON text, without white
 * space, of an array that the README documents. A plain string goes in as its bytes stand;
 * any other value as JSON.stringify writes what JSON.parse reads; what is absent as null.
 */
export class RecordHasher {
  /** What each of PARTS adds to the array; empty where it is absent. */
  private readonly parts = PARTS.map(() => new TextWriter(1024));
  private readonly content = new TextWriter(16 * 1024);
  /** Where an object's wanted members stand: start and end. A negative end: not as JSON.stringify writes it; 0: absent. */
  private readonly spans = new Int32Array(2 * VALUES.length);
  private readonly head: number;
  private onDrift: OnDrift | undefined;

  /** @param onDrift told of what the schema does not say, the first time that such a thing is met */
  constructor(cloudId: string, onDrift: OnDrift) {
    this.content.text(`["${cloudId}",`);
    this.head = this.content.length;
    this.onDrift = (drift) => {
      this.onDrift = undefined;
      onDrift(drift);
    };
  }

  /** Steps over the record on whose `{` the scanner stands. @throws JsonCutOff, JsonFault */
  walk(scanner: Scanner): WalkedRecord {
    const ours: [number, number][] = [];
    let timeMs = NaN;
    for (const part of this.parts) {
      part.length = 0;
    }
    for (let more = scanner.enter(OPEN_BRACE); more; more = scanner.next(OPEN_BRACE)) {
      scanner.peek();
      const nameStart = scanner.at;
      const place = RECORD.step(scanner, this.onDrift);
      const start = scanner.at;
      if (place >= 0 && place < CREATION_DATE) {
        this.add(scanner, PARTS[place]!, this.parts[place]!);
      } else {
        scanner.value();
      }
      if (place === CREATION_DATE) {
        timeMs = numberAt(scanner.bytes, start, scanner.at);
      } else if (place > CREATION_DATE && place < RECORD.wanted.length) {
        ours.push([nameStart, scanner.at]);
      }
    }
    return {timeMs: Number.isSafeInteger(timeMs) ? timeMs : NaN, hash: this.hash(timeMs), ours};
  }

  private hash(timeMs: number): string {
    const {content} = this;
    content.length = this.head;
    content.text(String(timeMs));
    for (const {bytes, length} of this.parts) {
      content.byte(COMMA);
      content.valueAt(bytes, 0, length);
    }
    content.byte(CLOSE_BRACKET);
    return digest('sha256', content.bytes.subarray(0, content.length), 'hex').slice(0, HASH_LENGTH);
  }

  /** Steps over a value; writes what of it goes into the id. The last of two by one name counts. */
  private add(scanner: Scanner, {of, listOf}: Part, to: TextWriter): void {
    to.length = 0;
    if (!listOf || scanner.peek() !== OPEN_BRACKET) {
      this.addObject(scanner, of, to);
      return;
    }
    to.byte(OPEN_BRACKET);
    for (let more = scanner.enter(OPEN_BRACKET); more; more = scanner.next(OPEN_BRACKET)) {
      to.comma(OPEN_BRACKET);
      listOf.lookAt(scanner, this.onDrift);
      this.addObject(scanner, listOf, to);
    }
    to.byte(CLOSE_BRACKET);
  }

  /** The wanted members of an object, as an array; of an author with an account, its id; any other value as it is. */
  private addObject(scanner: Scanner, members: Members | undefined, to: TextWriter): void {
    const {bytes} = scanner;
    if (scanner.peek() !== OPEN_BRACE || !members) {
      const start = scanner.at;
      const isPlain = scanner.value();
      to.valueAt(bytes, start, isPlain ? scanner.at : -scanner.at);
      return;
    }
    const {spans} = this;
    spans.fill(0);
    for (let more = scanner.enter(OPEN_BRACE); more; more = scanner.next(OPEN_BRACE)) {
      const place = members.step(scanner, this.onDrift);
      const start = scanner.at;
      const isPlain = scanner.value();
      if (place >= 0 && place < members.wanted.length) {
        spans[2 * place] = start;
        spans[2 * place + 1] = isPlain ? scanner.at : -scanner.at;
      }
    }
    const isAuthor = members === AUTHOR;
    if (isAuthor && bytes[spans[0]!] === QUOTE && Math.abs(spans[1]!) - spans[0]! > 2) {
      to.valueAt(bytes, spans[0]!, spans[1]!);
      return;
    }
    to.byte(OPEN_BRACKET);
    for (let i = isAuthor ? 2 : 0; i < 2 * members.wanted.length; i += 2) {
      to.comma(OPEN_BRACKET);
      to.valueAt(bytes, spans[i]!, spans[i + 1]!);
    }
    to.byte(CLOSE_BRACKET);
  }
}
