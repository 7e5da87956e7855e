import {hash as digest} from 'node:crypto';

import schema from '../../resources/schemas/audit_records.json';
import type {Outline} from '../json/outline';
import {TextWriter} from '../json/text-writer';
import {CLOSE_BRACKET, NULL, OPEN_BRACE, OPEN_BRACKET, QUOTE} from '../json/tokens';
import {FORMULA} from './record-id';
import {type Drift, type OnDrift, type Schema, Shape} from './shape';

const OURS: readonly string[] = ['id', 'cloudId', 'createdAt'];
const THEIRS = Object.entries<Schema>(schema.properties).filter(([name]) => !OURS.includes(name));
const RECORD = new Shape({type: schema.type, properties: Object.fromEntries(THEIRS)}, FORMULA);
const HASH_LENGTH = 32;

/** One audit record. It leaves as the bytes that came, so that nothing in it can change on the way. */
export interface AuditRecord {
  /** creationDate, epoch ms; NaN if it has none that is an integer. */
  readonly timeMs: number;
  /** Over all that the record says of its event; equal for twins. */
  readonly hash: string;
  /** From `{` to `}`, UTF-8, without line breaks and without members named like ours. */
  readonly json: Buffer;
  /** How many of its characters were replaced that no destination can hold. */
  readonly replaced: number;
}

/** A record that stands on a page as it leaves: many lie ready, and a Buffer for each would be most of them. */
class PageRecord implements AuditRecord {
  constructor(
    readonly timeMs: number,
    readonly hash: string,
    readonly replaced: number,
    private readonly page: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {}

  get json(): Buffer {
    return this.page.subarray(this.start, this.end);
  }
}

/** Reads one tenant's records out of the outlines of pages. */
export class RecordReader {
  readonly record = RECORD;
  /** What an id is hashed from, as it is made: a JSON array without white space. */
  private readonly content = new TextWriter(16 * 1024);
  private readonly head: Buffer;
  private hasOurs = false;
  private isTold = false;

  /** @param tell told of what the schema does not say, the first time that such a thing is met */
  constructor(
    cloudId: string,
    private readonly tell: OnDrift,
  ) {
    this.head = Buffer.from(`["${cloudId}"`);
  }

  /** The record that an object of a page is. */
  read(outline: Outline, object: number): AuditRecord {
    const {content, record} = this;
    const start = outline.starts[object]!;
    const end = outline.ends[object]!;
    this.hasOurs = false;
    content.length = 0;
    content.append(this.head);
    record.find(outline, object, this.onDrift);
    this.addMembers(outline, record);
    content.byte(CLOSE_BRACKET);
    const hash = digest('sha256', content.written, 'hex').slice(0, HASH_LENGTH);
    // Without one this is the text of the whole page, which is no number either.
    const creationDate = outline.number(record.get('creationDate'));
    const timeMs = Number.isSafeInteger(creationDate) ? creationDate : NaN;
    const replaced = outline.mendedIn(object);
    if (this.hasOurs) {
      return {timeMs, hash, json: withoutOurs(outline, object), replaced};
    }
    return new PageRecord(timeMs, hash, replaced, outline.bytes, start, end);
  }

  /** Adds what counts of a value: of a list that of each element, of an object that of its members, as arrays. */
  private add(outline: Outline, value: number, shape: Shape): void {
    const {content} = this;
    const first = value > 0 ? outline.firstByte(value) : undefined;
    if (first === OPEN_BRACKET && shape.items) {
      content.byte(OPEN_BRACKET);
      const end = outline.afters[value]!;
      for (let each = value + 1; each < end; each = outline.afters[each]!) {
        content.comma(OPEN_BRACKET);
        shape.items.check(outline, each, this.onDrift);
        this.add(outline, each, shape.items);
      }
      content.byte(CLOSE_BRACKET);
    } else if (first === OPEN_BRACE && shape.names.length > 0) {
      shape.find(outline, value, this.onDrift);
      const account = shape.path === 'author' ? shape.get('accountId') : 0;
      if (isFilledText(outline, account)) {
        this.addAsItIs(outline, account);
      } else {
        content.byte(OPEN_BRACKET);
        this.addMembers(outline, shape);
        content.byte(CLOSE_BRACKET);
      }
      this.passUncounted(outline, shape);
    } else {
      this.addAsItIs(outline, value);
    }
  }

  private addAsItIs({bytes, starts, ends}: Outline, value: number): void {
    if (value > 0) {
      this.content.value(bytes, starts[value]!, ends[value]!);
    } else {
      this.content.append(NULL);
    }
  }

  /** Adds the members that count of the object that was looked through last. */
  private addMembers(outline: Outline, shape: Shape): void {
    const {content} = this;
    for (const place of shape.counted) {
      content.comma(OPEN_BRACKET);
      this.add(outline, shape.found[place]!, shape.members[place]!);
    }
  }

  private readonly onDrift = ({path, what}: Drift): void => {
    const isOurs = OURS.includes(path);
    this.hasOurs ||= isOurs;
    if (!this.isTold) {
      this.isTold = true;
      this.tell({path, what: isOurs ? 'ours' : what});
    }
  };

  /** Looks at what does not count only for what the schema does not say of it. */
  private passUncounted(outline: Outline, shape: Shape): void {
    const {length} = this.content;
    for (const place of shape.uncounted) {
      this.add(outline, shape.found[place]!, shape.members[place]!);
      this.content.length = length;
    }
  }
}

function isFilledText(outline: Outline, value: number): boolean {
  const isText = value > 0 && outline.firstByte(value) === QUOTE;
  return isText && outline.ends[value]! - outline.starts[value]! > '""'.length;
}

/** Should Confluence ever send fields by the names of ours, ours take their place. */
function withoutOurs(outline: Outline, object: number): Buffer {
  const kept: string[] = [];
  for (let name = object + 1; name < outline.afters[object]!; name = outline.afters[name + 1]!) {
    if (!OURS.includes(outline.string(name))) {
      kept.push(outline.bytes.toString('utf8', outline.starts[name], outline.ends[name + 1]));
    }
  }
  return Buffer.from(`{${kept.join(',')}}`);
}
