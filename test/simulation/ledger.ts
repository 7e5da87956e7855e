import type {Message, RecordData, StreamState} from '../support/connector';
import type {Happening} from './happening';
import {CLOUD_ID, type SyncOutput, type SyncSettings} from './sync';

export type Wrong =
  | 'lost'
  | 'doubled'
  | 'unwanted'
  | 'altered'
  | 'torn'
  | 'premature'
  | 'cursor back'
  | 'order'
  | 'protocol'
  | 'failed'
  | 'hang'
  | 'rude'
  | 'requests';

/** A promise that was broken. */
export interface Violation {
  readonly wrong: Wrong;
  readonly what: string;
}

/** What a sync is held against. Times are true ones, epoch ms. */
export interface Circumstances {
  readonly settings: SyncSettings;
  readonly startedMs: number;
  readonly endedMs: number;
  /** What the replica that answered had not got. */
  readonly lacks: (happening: Happening) => boolean;
  /** Failure types that are no fault of the connector's. */
  readonly mayFailAs: readonly string[];
}

interface Row {
  readonly happening: Happening;
  readonly key: string;
  /** When it became visible and stayed so. */
  visibleMs: number;
}

/**
 * Keeps the books over a chain of syncs from what the API could show and what came out, and knows
 * nothing of how the connector works. It holds what a destination holds: what a STATE has confirmed.
 */
export class Ledger {
  readonly violations: Violation[] = [];
  state: StreamState | undefined;
  /** The last sync failed, so the next one may bring what it owes. */
  hasFailed = false;
  /** Each id that was confirmed, and what its record said. */
  private confirmed = new Map<string, string>();
  private confirmedCounts = new Map<string, number>();
  /** Every id that a record ever came under, by what it said. */
  private readonly idsSeen: Map<string, Set<string>>;
  private readonly rows: readonly Row[];
  private readonly counts: ReadonlyMap<string, number>;
  /** From here on records are promised, epoch ms; undefined: not before the first sync has ended. */
  private promisedFromMs: number | undefined;
  /** What a first sync without a start found there is past, and unwanted unless a start is set. */
  private quietUntil: {startedMs: number; cursorMs: number} | undefined;

  /**
   * @param lookbackMs the shortest of all syncs
   * @param other books over the same log, whose records bear the same ids
   */
  constructor(
    private readonly happenings: readonly Happening[],
    private readonly lookbackMs: number,
    other?: Ledger,
  ) {
    this.idsSeen = other?.idsSeen ?? new Map<string, Set<string>>();
    this.rows = (other?.rows ?? happenings.filter(isShown).map(toRow)).map((row) => ({...row}));
    this.counts = other?.counts ?? countEach(this.rows.map(({key}) => key));
  }

  /** Takes in a sync, and notes what it did wrong. */
  enter({lines, failure, hasCrashed}: SyncOutput, circumstances: Circumstances): void {
    const {settings, endedMs, lacks} = circumstances;
    const {promisedFromMs, quietUntil} = this;
    this.moveStart(settings.backfillStartMs);
    const isQuiet = this.state === undefined && settings.backfillStartMs === undefined;
    const pending = new Map<string, string>();
    let latestMs = -Infinity;
    let sinceState = 0;
    const messages = lines.map((line) => this.parse(line)).filter((each) => each !== undefined);
    for (const {record, state} of messages) {
      if (record) {
        const {data} = record;
        sinceState++;
        if (isQuiet) {
          this.note('unwanted', `a first sync without a start emits nothing, but ${data.id} came`);
        }
        if (data.creationDate < latestMs) {
          this.note('order', `${data.id} of ${data.creationDate} came after ${latestMs}`);
        }
        latestMs = data.creationDate;
        this.enterRecord(data, pending, circumstances);
      } else if (state) {
        if (state.sourceStats.recordCount !== sinceState) {
          this.note('protocol', `recordCount ${state.sourceStats.recordCount}, not ${sinceState}`);
        }
        sinceState = 0;
        this.confirm(pending);
        this.enterState(state.stream.stream_state, isQuiet, circumstances);
      }
    }
    this.hasFailed = failure !== undefined;
    if (!hasCrashed) {
      this.enterEnd(messages, sinceState, failure, circumstances);
    }
    if (!messages.some(({state}) => state)) {
      // A start that was moved back is known from the first STATE on.
      this.promisedFromMs = promisedFromMs;
      this.quietUntil = quietUntil;
    }
    for (const row of this.rows) {
      if (row.happening.visibleAtMs <= endedMs && lacks(row.happening)) {
        row.visibleMs = Math.max(row.visibleMs, endedMs);
      }
    }
  }

  /** The same books, to be kept from here on for another course of things. */
  fork(): Ledger {
    const fork = new Ledger(this.happenings, this.lookbackMs, this);
    fork.state = this.state;
    fork.hasFailed = this.hasFailed;
    fork.confirmed = new Map(this.confirmed);
    fork.confirmedCounts = new Map(this.confirmedCounts);
    fork.promisedFromMs = this.promisedFromMs;
    fork.quietUntil = this.quietUntil;
    return fork;
  }

  /** Two ledgers that say the same here go on alike. */
  get standing(): string {
    const confirmed = [...this.confirmed.keys()].sort();
    return JSON.stringify([this.state, confirmed, this.promisedFromMs, this.hasFailed]);
  }

  note(wrong: Wrong, what: string): void {
    this.violations.push({wrong, what});
  }

  private parse(line: string): Message | undefined {
    try {
      return JSON.parse(line) as Message;
    } catch {
      this.note('torn', line);
      return undefined;
    }
  }

  private moveStart(startMs: number | undefined): void {
    if (this.state === undefined) {
      this.promisedFromMs = startMs;
    } else if (startMs !== undefined) {
      const isBackfilled = this.quietUntil !== undefined && startMs <= this.quietUntil.cursorMs;
      this.quietUntil = isBackfilled ? undefined : this.quietUntil;
      this.promisedFromMs = Math.min(this.promisedFromMs ?? Infinity, startMs);
    }
  }

  private enterRecord(
    data: RecordData,
    pending: Map<string, string>,
    {settings, endedMs}: Circumstances,
  ): void {
    const {id, cloudId, createdAt, ...sent} = data;
    const key = keyOf(sent as unknown as Rendered);
    const rows = this.rows.filter((row) => row.key === key);
    if (cloudId !== CLOUD_ID || createdAt !== new Date(data.creationDate).toISOString()) {
      this.note('altered', `${id}: cloudId or createdAt`);
    }
    if (!rows.some(({happening}) => happening.visibleAtMs <= endedMs)) {
      this.note('altered', `${id} says what never was: ${short(key)}`);
      return;
    }
    const startMs = this.promisedFromMs ?? settings.backfillStartMs;
    const isPast = this.quietUntil
      ? rows.every(
          ({happening: {timeMs, visibleAtMs}}) =>
            timeMs <= this.quietUntil!.cursorMs && visibleAtMs <= this.quietUntil!.startedMs,
        )
      : startMs !== undefined && data.creationDate < startMs;
    if (isPast) {
      this.note('unwanted', `${id} is from before the start`);
    }
    if (this.confirmed.has(id) || pending.has(id)) {
      this.note('doubled', `${id} came twice: ${short(key)}`);
    }
    pending.set(id, key);
    const ids = this.idsSeen.get(key) ?? new Set();
    this.idsSeen.set(key, ids.add(id));
    if (ids.size > this.counts.get(key)!) {
      this.note('doubled', `more ids than records: ${[...ids].join(', ')} for ${short(key)}`);
    }
  }

  private confirm(pending: Map<string, string>): void {
    for (const [id, key] of pending) {
      if (!this.confirmed.has(id)) {
        this.confirmed.set(id, key);
        this.confirmedCounts.set(key, (this.confirmedCounts.get(key) ?? 0) + 1);
      }
    }
    pending.clear();
  }

  private enterState(state: StreamState, isQuiet: boolean, circumstances: Circumstances): void {
    const {startedMs, endedMs} = circumstances;
    const before = this.state?.creationDate ?? -1;
    const {creationDate} = state;
    this.state = state;
    if (creationDate < before) {
      this.note('cursor back', `from ${before} to ${creationDate}`);
    }
    if (creationDate > Math.max(before, endedMs, (this.promisedFromMs ?? 0) - 1)) {
      this.note('premature', `the cursor is ${creationDate - endedMs} ms ahead of the time`);
    }
    if (isQuiet) {
      this.quietUntil = {startedMs, cursorMs: creationDate};
      this.promisedFromMs = endedMs + 1;
    } else if (creationDate > before) {
      // A cursor that waits may wait before something that surfaced late.
      this.checkAllCame('premature', circumstances, creationDate);
    }
  }

  private enterEnd(
    messages: readonly Message[],
    sinceState: number,
    failure: SyncOutput['failure'],
    circumstances: Circumstances,
  ): void {
    if (sinceState > 0) {
      this.note('protocol', `${sinceState} records after the last STATE`);
    }
    if (failure) {
      if (!circumstances.mayFailAs.includes(failure.failureType)) {
        const {failureType, message, detail = ''} = failure;
        this.note('failed', `${failureType}: ${message} ${detail}`);
      }
      if (messages.some(({trace}) => trace?.stream_status?.status === 'COMPLETE')) {
        this.note('protocol', 'COMPLETE, and a failure');
      }
      return;
    }
    const [beforeLast, last] = messages.slice(-2);
    if (last?.trace?.stream_status?.status !== 'COMPLETE' || !beforeLast?.state) {
      this.note('protocol', 'a sync that went well ends with a STATE and COMPLETE');
    }
    this.checkAllCame('lost', circumstances, Infinity);
  }

  /** All that was promised and there to be seen throughout the sync, up to a time, has been confirmed. */
  private checkAllCame(wrong: Wrong, {startedMs, lacks}: Circumstances, upToMs: number): void {
    const fromMs = this.promisedFromMs ?? Infinity;
    const due = this.rows.filter(
      ({happening, visibleMs}) =>
        happening.timeMs >= fromMs &&
        happening.timeMs <= Math.min(upToMs, startedMs) &&
        visibleMs <= startedMs &&
        visibleMs - happening.timeMs <= this.lookbackMs &&
        !lacks(happening),
    );
    for (const [key, count] of countEach(due.map((row) => row.key))) {
      const came = this.confirmedCounts.get(key) ?? 0;
      if (came < count) {
        this.note(wrong, `${came} of ${count} came: ${short(key)}`);
      }
    }
  }
}

function isShown({json}: Happening): boolean {
  return json !== undefined;
}

function toRow(happening: Happening): Row {
  const key = keyOf(JSON.parse(happening.json!) as Rendered);
  return {happening, key, visibleMs: happening.visibleAtMs};
}

interface Rendered {
  readonly author: {readonly displayName: string};
}

/** What a record says of its event: names that Confluence renders may change from answer to answer. */
function keyOf(record: Rendered): string {
  return JSON.stringify({...record, author: {...record.author, displayName: ''}});
}

/** Enough of it to find it again in a log. */
function short(key: string): string {
  const {creationDate, summary, sysAdmin, superAdmin, changedValues} = JSON.parse(key) as {
    creationDate: number;
    summary: string;
    sysAdmin: boolean;
    superAdmin: boolean;
    changedValues: {hiddenNewValue: string}[];
  };
  const flags = [sysAdmin, superAdmin, changedValues[0]?.hiddenNewValue].map((flag) =>
    flag ? 1 : 0,
  );
  return `"${summary}" (${flags.join('')}) of ${creationDate}`;
}

function countEach(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
