import {hash} from 'node:crypto';

import {copyStableContent} from './stable-content';

const VERSION = 'v1:';
const HASH_LENGTH = 32;

/** A record as far as its id is concerned. Confluence may leave out any of it. */
interface StableRecord {
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

/** The hash part of an id: the first 32 hex digits of SHA-256. */
export function hashContent(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex').slice(0, HASH_LENGTH);
}

/** The id of the `ordinal`-th record (1, 2, …) with this hash in its millisecond. */
export function formatId(contentHash: string, ordinal: number): string {
  return ordinal === 1 ? VERSION + contentHash : `${VERSION}${contentHash}:${ordinal}`;
}

/** Computes the hashes of one tenant's records from their bytes. */
export class RecordHasher {
  private content = Buffer.allocUnsafe(16 * 1024);
  private readonly prefixLength: number;

  constructor(private readonly cloudId: string) {
    this.prefixLength = this.content.write(`["${cloudId}",`, 'latin1');
  }

  /**
   * The hash of the record whose JSON is `bytes[start, end)`. A record that looks as Confluence
   * writes it is copied together from its own bytes, which is what `stableContent` would write;
   * any other takes the way through JSON.parse.
   */
  hashOf(bytes: Buffer, start: number, end: number): string {
    if (this.content.length < end - start + 1024) {
      this.grow(end - start);
    }
    const length = copyStableContent(bytes, start, this.content, this.prefixLength);
    if (length > 0) {
      return hashContent(this.content.subarray(0, length));
    }
    const record = JSON.parse(bytes.toString('utf8', start, end)) as StableRecord;
    return hashContent(stableContent(this.cloudId, record));
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(2 * (needed + 1024));
    this.content.copy(larger, 0, 0, this.prefixLength);
    this.content = larger;
  }
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
