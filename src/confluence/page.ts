import {isUtf8} from 'node:buffer';

import {Known} from '../json/known';
import {Outline} from '../json/outline';
import {OPEN_BRACE, OPEN_BRACKET} from '../json/tokens';
import {type AuditRecord, RecordReader} from './record-reader';
import type {OnDrift} from './shape';

export type {AuditRecord};

/** The answer is JSON, but not an audit log. */
export class NotAnAuditLog extends Error {}

/** One answer of the audit endpoint. All that it says beside its records may be wrong. */
export interface AuditPage {
  /** In the order in which they came. */
  readonly records: readonly AuditRecord[];
  /** The page size that the server says it granted; undefined if it does not say. */
  readonly limit: number | undefined;
  /** `_links.next` is there. It is never followed: it names the site's host. */
  readonly hasNext: boolean;
  /** Of the body. */
  readonly bytes: number;
}

const ROOT = 0;
/** What is looked at in an answer, and the places of that. */
const MEMBERS = ['results', 'limit', '_links'];
const RESULTS = 0;
const LIMIT = 1;
const LINKS = 2;
const OF_LINKS = ['next'];
const NEXT = 0;
/** As JSON: `next` is there, and says that there is none. */
const NO_NEXT = ['null', 'false', '""', '0'];

/** Reads one tenant's pages. */
export class PageReader {
  private readonly outline = new Outline();
  private readonly reader: RecordReader;
  private readonly known: Known;

  /** @param onDrift told of what the schema does not say, the first time that such a thing is met */
  constructor(cloudId: string, onDrift: OnDrift) {
    this.reader = new RecordReader(cloudId, onDrift);
    const results = new Known([], [], this.reader.record.known);
    const other = new Known();
    this.known = new Known(MEMBERS, [results, other, new Known(OF_LINKS, [other])]);
  }

  /**
   * Reads the body of a 200 answer, which it mends in place. Every byte is checked, since records leave
   * as they came.
   * @throws JsonFault if it is not JSON or was cut off, NotAnAuditLog if it is JSON of another shape, or
   *   a record has no integer `creationDate`
   */
  read(body: Buffer): AuditPage {
    const {outline} = this;
    const bytes = isUtf8(body) ? body : Buffer.from(body.toString('utf8'));
    outline.read(bytes, this.known);
    const limit = outline.member(ROOT, LIMIT);
    const links = outline.member(ROOT, LINKS);
    const next = links && outline.member(links, NEXT);
    return {
      records: this.readRecords(),
      limit: limit && (outline.number(limit) || undefined),
      hasNext: next !== undefined && !NO_NEXT.includes(outline.text(next)),
      bytes: bytes.length,
    };
  }

  private readRecords(): AuditRecord[] {
    const {outline, reader} = this;
    const records: AuditRecord[] = [];
    if (outline.firstByte(ROOT) !== OPEN_BRACE) {
      throw new NotAnAuditLog('the answer is JSON, but not an object');
    }
    const results = outline.member(ROOT, RESULTS);
    if (results === undefined) {
      throw new NotAnAuditLog('the answer has no `results`');
    }
    if (outline.firstByte(results) !== OPEN_BRACKET) {
      throw new NotAnAuditLog('`results` is not an array');
    }
    const end = outline.afters[results]!;
    for (let each = results + 1; each < end; each = outline.afters[each]!) {
      if (outline.firstByte(each) !== OPEN_BRACE) {
        throw new NotAnAuditLog(`result ${records.length + 1} is not an object`);
      }
      const record = reader.read(outline, each);
      if (Number.isNaN(record.timeMs)) {
        throw new NotAnAuditLog(
          `record ${records.length + 1} has no creationDate in integer milliseconds`,
        );
      }
      records.push(record);
    }
    return records;
  }
}
