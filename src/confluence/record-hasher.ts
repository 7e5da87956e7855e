import {hash as digest} from 'node:crypto';

import type {Scanner} from '../json/scanner';
import {TextWriter} from '../json/text-writer';
import {CLOSE_BRACKET, COMMA, numberAt, OPEN_BRACE, OPEN_BRACKET, QUOTE} from '../json/tokens';
import type {Members, OnDrift} from './members';
import {AUTHOR, MOST_WANTED, OPERATIONS, PARTS, RECORD} from './record-id';

const HASH_LENGTH = 32;
const CREATION_DATE = PARTS.findIndex(({name}) => name === 'creationDate');
/** Of nearly every record. */
const NOTHING_OF_OURS: WalkedRecord['ours'] = [];

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
  /** Where what each of PARTS adds to the array stands, start and end: in the page, of a negative end in `text`. */
  private readonly parts = new Int32Array(2 * PARTS.length);
  /** What does not stand in the page as it goes into the array; in the end, after that, the array. */
  private readonly text = new TextWriter(16 * 1024);
  /** Where an object's wanted members stand: start and end. A negative end: not as JSON.stringify writes it; 0: absent. */
  private readonly spans = new Int32Array(2 * MOST_WANTED);
  private readonly head: Buffer;
  private onDrift: OnDrift | undefined;

  /** @param onDrift told of what the schema does not say, the first time that such a thing is met */
  constructor(cloudId: string, onDrift: OnDrift) {
    this.head = Buffer.from(`["${cloudId}"`);
    this.onDrift = (drift) => {
      this.onDrift = undefined;
      onDrift(drift);
    };
  }

  /** Steps over the record on whose `{` the scanner stands. @throws JsonCutOff, JsonFault */
  walk(scanner: Scanner): WalkedRecord {
    const {bytes} = scanner;
    let ours = NOTHING_OF_OURS;
    let timeMs = NaN;
    this.parts.fill(0);
    this.text.length = 0;
    for (let more = scanner.enter(OPEN_BRACE); more; more = scanner.next(OPEN_BRACE)) {
      const place = RECORD.step(scanner, this.onDrift);
      const quote = scanner.nameStart - 1;
      const start = scanner.at;
      if (place >= 0 && place < PARTS.length) {
        this.add(scanner, place);
      } else {
        scanner.value();
      }
      if (place === CREATION_DATE) {
        timeMs = numberAt(bytes, start, scanner.at);
      } else if (place >= PARTS.length && place < RECORD.wanted.length) {
        ours = [...ours, [quote, scanner.at]];
        this.onDrift?.({path: RECORD.wanted[place]!, what: 'ours'});
      }
    }
    return {timeMs: Number.isSafeInteger(timeMs) ? timeMs : NaN, hash: this.hash(bytes), ours};
  }

  private hash(bytes: Buffer): string {
    const {text, parts} = this;
    const contentStart = text.length;
    text.append(this.head);
    for (let i = 0; i < parts.length; i += 2) {
      const start = parts[i]!;
      const end = parts[i + 1]!;
      text.byte(COMMA);
      if (end < 0) {
        text.repeat(start, -end);
      } else {
        text.valueAt(bytes, start, end);
      }
    }
    text.byte(CLOSE_BRACKET);
    const content = text.bytes.subarray(contentStart, text.length);
    return digest('sha256', content, 'hex').slice(0, HASH_LENGTH);
  }

  /** Steps over a value and notes where stands what of it goes into the id. The last of two by one name counts. */
  private add(scanner: Scanner, place: number): void {
    const {text, parts} = this;
    const {of, listOf} = PARTS[place]!;
    const first = scanner.peek();
    const start = scanner.at;
    const textStart = text.length;
    if (listOf && first === OPEN_BRACKET) {
      this.makeList(scanner, listOf);
    } else if (of && first === OPEN_BRACE) {
      this.makeObject(scanner, of);
    } else if (scanner.value()) {
      parts[2 * place] = start;
      parts[2 * place + 1] = scanner.at;
      return;
    } else {
      text.valueAt(scanner.bytes, start, -scanner.at);
    }
    parts[2 * place] = textStart;
    parts[2 * place + 1] = -text.length;
  }

  private makeList(scanner: Scanner, members: Members): void {
    const {text} = this;
    text.byte(OPEN_BRACKET);
    for (let more = scanner.enter(OPEN_BRACKET); more; more = scanner.next(OPEN_BRACKET)) {
      text.comma(OPEN_BRACKET);
      members.lookAt(scanner, this.onDrift);
      if (scanner.peek() === OPEN_BRACE) {
        this.makeObject(scanner, members);
      } else {
        const start = scanner.at;
        text.valueAt(scanner.bytes, start, scanner.value() ? scanner.at : -scanner.at);
      }
    }
    text.byte(CLOSE_BRACKET);
  }

  /** The wanted members of an object, as an array; of an author with an account, its id. */
  private makeObject(scanner: Scanner, members: Members): void {
    const {text, spans} = this;
    const {bytes} = scanner;
    const {length} = members.wanted;
    const isAuthor = members === AUTHOR;
    spans.fill(0);
    for (let more = scanner.enter(OPEN_BRACE); more; more = scanner.next(OPEN_BRACE)) {
      const place = members.step(scanner, this.onDrift);
      const start = scanner.at;
      const isList = isAuthor && scanner.peek() === OPEN_BRACKET;
      const isPlain = isList ? this.passList(scanner, OPERATIONS) : scanner.value();
      if (place >= 0 && place < length) {
        spans[2 * place] = start;
        spans[2 * place + 1] = isPlain ? scanner.at : -scanner.at;
      }
    }
    if (isAuthor && bytes[spans[0]!] === QUOTE && Math.abs(spans[1]!) - spans[0]! > 2) {
      text.valueAt(bytes, spans[0]!, spans[1]!);
      return;
    }
    text.byte(OPEN_BRACKET);
    for (let i = isAuthor ? 2 : 0; i < 2 * length; i += 2) {
      text.comma(OPEN_BRACKET);
      text.valueAt(bytes, spans[i]!, spans[i + 1]!);
    }
    text.byte(CLOSE_BRACKET);
  }

  /** Steps over a list of which nothing is wanted. @returns that it is not plain, as `Scanner.value` does */
  private passList(scanner: Scanner, members: Members): false {
    for (let more = scanner.enter(OPEN_BRACKET); more; more = scanner.next(OPEN_BRACKET)) {
      members.lookAt(scanner, this.onDrift);
      if (scanner.peek() !== OPEN_BRACE) {
        scanner.value();
        continue;
      }
      for (let some = scanner.enter(OPEN_BRACE); some; some = scanner.next(OPEN_BRACE)) {
        members.step(scanner, this.onDrift);
        scanner.value();
      }
    }
    return false;
  }
}
