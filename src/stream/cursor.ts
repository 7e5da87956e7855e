import {hash as digest} from 'node:crypto';

import type {Now} from '../clock';
import type {AuditRecord} from '../confluence/page';
import {holds, joined, type Window, without} from '../reading/windows';
import {KEY_LENGTH, MAX_EMITTED, type StreamState} from './state';

type Json = Readonly<Record<string, unknown>>;

/** Where a sync stands when it begins. */
export interface SyncStart {
  readonly state: StreamState | undefined;
  /** Where the first sync starts, epoch ms; undefined: no past record is fetched. */
  readonly backfillStartMs: number | undefined;
  readonly lookbackMs: number;
}

/**
 * What a sync has to read, oldest first; the last window is open to the future. Nothing, where a
 * first sync only notes the time. A backfill start that was moved back adds a window before; one that
 * was moved forward changes nothing.
 */
export function unreadOf(start: SyncStart): Window[] {
  return without({fromMs: beginOf(start), toMs: Infinity}, start.state?.settled ?? []);
}

/** Where reading begins, epoch ms; infinite where it begins nowhere yet. */
function beginOf({state, backfillStartMs = Infinity}: SyncStart): number {
  return Math.min(state?.readFrom ?? Infinity, backfillStartMs);
}

/**
 * The stream's place in time during one sync: what is still to be read, which record is new, and what
 * may be saved. It is pure, and this is its contract:
 *
 * - What is read MUST be handed in by `admit` in windows of `unreadOf`, oldest first, each record once,
 *   and `pass` MUST NOT be called before all that is up to there has been emitted.
 * - `creationDate` MUST NOT pass a record that was not emitted, nor the time at which the log was
 *   seen, and never moves back.
 * - Only what was older than the lookback when it was read is settled: it MUST NOT be read again.
 * - What was emitted outside of that MUST be remembered until the lookback has left it, whether an
 *   answer shows it again or not: a replica may hide it now and show it later.
 */
export class Cursor {
  /** From here on records may surface late, and readings that differ need not agree; what is older is settled. Epoch ms. */
  readonly unsettledFromMs: number;
  /** More records lie within the lookback than a state may remember: the next sync may repeat some. */
  mayRepeat = false;
  private readonly readFrom: number;
  private settled: readonly Window[];
  private creationDate: number;
  private newestMetMs = 0;
  /** By key, outside of what was settled before: how often it was emitted, and of that not met by this sync. */
  private readonly emitted = new Map<string, {timeMs: number; count: number; unmet: number}>();

  constructor(
    private readonly start: SyncStart,
    private readonly cloudId: string,
    private readonly now: Now,
  ) {
    const {state, lookbackMs} = start;
    const beginMs = beginOf(start);
    this.readFrom = beginMs === Infinity ? now.atLeastMs + 1 : beginMs;
    this.settled = state?.settled ?? [];
    this.creationDate = state?.creationDate ?? this.readFrom - 1;
    this.unsettledFromMs = now.atLeastMs - lookbackMs + 1;
    state?.emitted.forEach(({timeMs, key}) => this.remember(timeMs, key));
    this.emitted.forEach((each) => (each.unmet = each.count));
  }

  /** How many records that earlier syncs emitted the answers of this one lacked. */
  get lacking(): number {
    return [...this.emitted.values()].reduce((sum, {unmet}) => sum + unmet, 0);
  }

  /**
   * Meets a record; in ascending order of time.
   * @param ordinal the record is the n-th (1, 2, …) with this hash in its millisecond
   * @returns whether it is new: no earlier sync has emitted it
   */
  admit(record: AuditRecord, ordinal: number): boolean {
    const {timeMs, hash} = record;
    this.newestMetMs = timeMs;
    const maySurface = timeMs >= this.unsettledFromMs;
    if (!maySurface && this.emitted.size === 0) {
      return true;
    }
    const {start, cloudId} = this;
    const key = hash.slice(0, KEY_LENGTH);
    const knownKey = start.state?.isLegacy ? legacyKey(cloudId, record) : key;
    const known = this.emitted.get(knownKey);
    const isNew = !known || ordinal > known.count;
    if (!isNew) {
      known.unmet = Math.max(0, known.unmet - 1);
    }
    // What is known by a key of version 1.0.0 goes on as what it is now, too.
    if (maySurface && (isNew || knownKey !== key)) {
      this.remember(timeMs, key);
    }
    return isNew;
  }

  /** Everything in a window of `unreadOf`, or in the beginning of one, has been emitted. */
  pass({fromMs, toMs}: Window): void {
    const {now} = this;
    const seenMs = Math.max(now.atLeastMs, Math.min(this.newestMetMs, now.atMostMs));
    this.creationDate = Math.max(this.creationDate, Math.min(toMs, seenMs));
    this.settled = joined(this.settled, {fromMs, toMs: Math.min(toMs, this.unsettledFromMs - 1)});
  }

  /** The state that may be saved now. */
  toState(): StreamState {
    const emitted = [...this.emitted]
      .filter(([, {timeMs}]) => !this.settled.some((window) => holds(window, timeMs)))
      .flatMap(([key, {timeMs, count}]) => Array.from({length: count}, () => ({timeMs, key})))
      .sort((a, b) => a.timeMs - b.timeMs);
    this.mayRepeat ||= emitted.length > MAX_EMITTED;
    return {
      creationDate: this.creationDate,
      readFrom: this.readFrom,
      settled: this.settled,
      emitted: emitted.slice(-MAX_EMITTED),
      cloudId: this.cloudId,
    };
  }

  /** Of too many the oldest are forgotten. */
  private remember(timeMs: number, key: string): void {
    const known = this.emitted.get(key) ?? {timeMs, count: 0, unmet: 0};
    this.emitted.set(key, {...known, count: known.count + 1});
    if (this.emitted.size > 3 * MAX_EMITTED) {
      this.mayRepeat = true;
      const inOrder = [...this.emitted].sort(([, a], [, b]) => a.timeMs - b.timeMs);
      inOrder.slice(0, MAX_EMITTED).forEach(([each]) => this.emitted.delete(each));
    }
  }
}

/** The key under which version 1.0.0 remembered a record in its state: its ids covered less. */
function legacyKey(cloudId: string, {json}: AuditRecord): string {
  const record = JSON.parse(json.toString('utf8')) as Json;
  const author = record['author'] as Json | null | undefined;
  const accountId = author?.['accountId'];
  const hasAccount = typeof accountId === 'string' && accountId !== '';
  const content = [
    cloudId,
    record['creationDate'],
    ...['category', 'summary', 'description', 'remoteAddress'].map((key) => record[key] ?? null),
    hasAccount ? accountId : pick(author, ['type', 'displayName']),
    pick(record['affectedObject'], ['name', 'objectType']),
    pick(record['changedValues'], ['name', 'oldValue', 'newValue']),
    pick(record['associatedObjects'], ['name', 'objectType']),
  ];
  return digest('sha256', JSON.stringify(content), 'hex').slice(0, KEY_LENGTH);
}

/** Members of an object, or of each in a list, by their values; any other value as it is. */
function pick(value: unknown, keys: readonly string[]): unknown {
  if (Array.isArray(value)) {
    return value.map((each: unknown) => pick(each, keys));
  }
  return typeof value === 'object' && value !== null
    ? keys.map((key) => (value as Json)[key] ?? null)
    : (value ?? null);
}
