import {hash as digest} from 'node:crypto';

import type {AuditRecord} from '../confluence/page';
import {holds, joined, type Window, without} from '../reading/windows';
import type {Now} from './clocks';
import {type Emitted, emittedKey, MAX_EMITTED, type StreamState} from './stream-state';

type Json = Readonly<Record<string, unknown>>;

/** Where a sync stands when it begins. */
export interface CursorStart {
  readonly state: StreamState | undefined;
  /** Where the first sync starts, epoch ms; undefined: no past record is fetched. */
  readonly backfillStartMs: number | undefined;
  readonly lookbackMs: number;
  readonly cloudId: string;
  readonly now: Now;
}

/**
 * What a sync has to read, oldest first; the last window is open to the future. Nothing, where a
 * first sync only notes the time. A backfill start that was moved back adds a window before; one that
 * was moved forward changes nothing.
 */
export function unreadOf(
  state: StreamState | undefined,
  backfillStartMs: number | undefined,
): Window[] {
  const fromMs = beginOf(state, backfillStartMs);
  return fromMs === undefined ? [] : without({fromMs, toMs: Infinity}, state?.settled ?? []);
}

function beginOf(
  state: StreamState | undefined,
  backfillStartMs: number | undefined,
): number | undefined {
  const begins = [state?.readFrom, backfillStartMs].filter((each) => each !== undefined);
  return begins.length === 0 ? undefined : Math.min(...begins);
}

/**
 * The stream's place in time during one sync: what is still to be read, which record is new, and what
 * may be saved. It is pure, and this is its contract:
 *
 * - What is read MUST be handed in by `meet` in windows of `unread`, oldest first, each record once,
 *   and `pass` MUST NOT be called before all that is up to there has been emitted.
 * - `creationDate` MUST NOT pass a record that was not emitted, nor the time at which the log was
 *   seen, and never moves back.
 * - Only what was older than the lookback when it was read is settled: it MUST NOT be read again.
 * - What was emitted outside of that MUST be remembered until the lookback has left it, whether an
 *   answer shows it again or not: a replica may hide it now and show it later.
 */
export class Cursor {
  readonly unread: readonly Window[];
  /** From here on records may surface late, and readings that differ need not agree; what is older is settled. Epoch ms. */
  readonly unsettledFromMs: number;
  /** More records lie within the lookback than a state may remember: the next sync may repeat some. */
  mayRepeat = false;
  private readonly readFrom: number;
  private settled: readonly Window[];
  private creationDate: number;
  private newestMetMs = 0;
  /** How often each key was emitted, and when it happened; outside of what was settled before. */
  private readonly emitted = new Map<string, {timeMs: number; count: number}>();
  /** Keys of earlier syncs that this one has not met, and how often. */
  private readonly unmet = new Map<string, number>();

  constructor(private readonly start: CursorStart) {
    const {state, backfillStartMs, lookbackMs, now} = start;
    this.unread = unreadOf(state, backfillStartMs);
    this.readFrom = beginOf(state, backfillStartMs) ?? now.atLeastMs + 1;
    this.settled = state?.settled ?? [];
    this.creationDate = state?.creationDate ?? this.readFrom - 1;
    this.unsettledFromMs = now.atLeastMs - lookbackMs + 1;
    for (const {timeMs, key} of state?.emitted ?? []) {
      this.remember(timeMs, key);
      this.unmet.set(key, this.emitted.get(key)!.count);
    }
  }

  /** How many records that earlier syncs emitted the answers of this one lacked. */
  get lacking(): number {
    return [...this.unmet.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Meets a record; in ascending order of time.
   * @param ordinal the record is the n-th (1, 2, …) with this hash in its millisecond
   * @returns whether it is new: no earlier sync has emitted it
   */
  meet(record: AuditRecord, ordinal: number): boolean {
    const {timeMs, hash} = record;
    this.newestMetMs = timeMs;
    const maySurface = timeMs >= this.unsettledFromMs;
    if (!maySurface && this.unmet.size === 0) {
      return true;
    }
    const key = emittedKey(hash);
    const {state, cloudId} = this.start;
    const known = state?.isLegacy ? legacyKey(cloudId, record) : key;
    const isNew = ordinal > (this.emitted.get(known)?.count ?? 0);
    if (!isNew) {
      this.unmet.set(known, Math.max(0, (this.unmet.get(known) ?? 0) - 1));
    }
    // What is known by a key of version 1.0.0 goes on as what it is now, too.
    if (maySurface && (isNew || known !== key)) {
      this.remember(timeMs, key);
    }
    return isNew;
  }

  /** Everything in a window of `unread`, or in the beginning of one, has been emitted. */
  pass({fromMs, toMs}: Window): void {
    const {now} = this.start;
    const seenMs = Math.max(now.atLeastMs, Math.min(this.newestMetMs, now.atMostMs));
    this.creationDate = Math.max(this.creationDate, Math.min(toMs, seenMs));
    this.settled = joined(this.settled, {fromMs, toMs: Math.min(toMs, this.unsettledFromMs - 1)});
  }

  /** The state that may be saved now. */
  toState(): StreamState {
    const emitted = [...this.emitted]
      .filter(([, {timeMs}]) => !this.settled.some((window) => holds(window, timeMs)))
      .flatMap(([key, {timeMs, count}]) =>
        Array.from({length: count}, (): Emitted => ({timeMs, key})),
      )
      .sort((a, b) => a.timeMs - b.timeMs);
    this.mayRepeat ||= emitted.length > MAX_EMITTED;
    return {
      creationDate: this.creationDate,
      readFrom: this.readFrom,
      settled: this.settled,
      emitted: emitted.slice(-MAX_EMITTED),
      cloudId: this.start.cloudId,
    };
  }

  /** Of too many, the first ones are forgotten: they come in order of time, so those are the oldest. */
  private remember(timeMs: number, key: string): void {
    const count = (this.emitted.get(key)?.count ?? 0) + 1;
    this.emitted.set(key, {timeMs, count});
    if (this.emitted.size > 3 * MAX_EMITTED) {
      this.mayRepeat = true;
      [...this.emitted.keys()].slice(0, MAX_EMITTED).forEach((each) => this.emitted.delete(each));
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
  return emittedKey(digest('sha256', JSON.stringify(content), 'hex'));
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
