import {hash} from 'node:crypto';

import {RecordSpans} from './record-spans';
import {copyStableContent, stableContent, type StableRecord} from './stable-content';

const VERSION = 'v1:';
const HASH_LENGTH = 32;
/** What an array has besides the values of a record. */
const EXTRA_BYTES = 1024;
/** A `{}` in a list, three bytes with its comma, becomes `[null,null,null],`. */
const MOST_GROWTH = 6;

/** The id of the `ordinal`-th record (1, 2, …) with this hash in its millisecond. */
export function formatId(contentHash: string, ordinal: number): string {
  const id = VERSION + contentHash.slice(0, HASH_LENGTH);
  return ordinal === 1 ? id : `${id}:${ordinal}`;
}

/** A record that was found in a page. */
export interface HashedRecord {
  /** Behind the record. */
  readonly end: number;
  /** SHA-256 of its stable content, hex; an id uses the first 32 digits. */
  readonly hash: string;
  /** Its creationDate as it stands, epoch ms. */
  readonly timeMs: number;
}

/** Computes the hashes of one tenant's records. */
export class RecordHasher {
  private readonly spans = new RecordSpans();
  private content = Buffer.allocUnsafe(16 * 1024);
  private readonly prefixLength: number;

  constructor(private readonly cloudId: string) {
    this.prefixLength = this.content.write(`["${cloudId}",`, 'latin1');
  }

  /**
   * Checks and hashes the record that starts at `bytes[start]` in one walk, if it looks as
   * Confluence writes it; `bytes` must be UTF-8.
   * @returns undefined if it looks otherwise, or is no record
   */
  hashAt(bytes: Buffer, start: number): HashedRecord | undefined {
    const {spans, prefixLength} = this;
    const end = spans.locate(bytes, start);
    if (end < 0) {
      return undefined;
    }
    this.reserve(end - start);
    const length = copyStableContent(bytes, spans, this.content, prefixLength);
    const timeMs = spans.timeMs(bytes);
    return length === 0 || timeMs === undefined
      ? undefined
      : {end, hash: hash('sha256', this.content.subarray(0, length), 'hex'), timeMs};
  }

  /** The hash of any record, from its JSON. */
  hashOf(json: string): string {
    const record = JSON.parse(json) as StableRecord;
    return hash('sha256', stableContent(this.cloudId, record), 'hex');
  }

  private reserve(recordBytes: number): void {
    const needed = MOST_GROWTH * recordBytes + EXTRA_BYTES;
    if (this.content.length < needed) {
      const larger = Buffer.allocUnsafe(2 * needed);
      this.content.copy(larger, 0, 0, this.prefixLength);
      this.content = larger;
    }
  }
}
