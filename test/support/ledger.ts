import assert from 'node:assert/strict';

import type {Message, RecordData, StreamState} from './connector';
import type {Sync} from './in-process';
import type {Event} from './world';

/** What a sync is held against. */
export interface Circumstances {
  /** By the true time, epoch ms. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** How slow the clock of the machine was that answered. */
  readonly dateBehindMs: number;
  /** Something went wrong on purpose, so that the sync may fail. */
  readonly mayFail: boolean;
}

/**
 * Keeps the books over a chain of syncs: what came out, what a STATE has confirmed, and whether it
 * is what CONTRACT.md, 3 to 5, promises.
 */
export class Ledger {
  state: StreamState | undefined;
  /** Content of every record that came out, by id. */
  private readonly emitted = new Map<string, string>();
  private readonly emittedCounts = new Map<string, number>();
  /** Ids that came out after the last STATE of a process that died: they may come again. */
  private readonly unconfirmed = new Set<string>();
  private readonly knownCounts: ReadonlyMap<string, number>;
  /** Content that may come out or not: of the very second in which a first sync noted the time. */
  private readonly optional = new Set<string>();

  /** @param startMs from where on records are promised; undefined: from the first sync on */
  constructor(
    private readonly events: readonly Event[],
    private readonly cloudId: string,
    private startMs: number | undefined,
  ) {
    this.knownCounts = countEach(events.map(({content}) => content));
  }

  /** Takes in a sync. @throws AssertionError if it broke a promise */
  enter({messages, failure, hasCrashed}: Sync, circumstances: Circumstances): void {
    const isQuiet = this.startMs === undefined;
    let latestMs = -Infinity;
    let sinceState: string[] = [];
    for (const message of messages) {
      if (message.record) {
        const {data} = message.record;
        assert(!isQuiet, 'a first sync without a start emits nothing');
        assert(data.creationDate >= latestMs, 'records come oldest first');
        latestMs = data.creationDate;
        this.enterRecord(data);
        sinceState.push(data.id);
      } else if (message.state) {
        assert.equal(message.state.sourceStats.recordCount, sinceState.length, 'sourceStats');
        sinceState.forEach((id) => this.unconfirmed.delete(id));
        sinceState = [];
        this.enterState(message.state.stream.stream_state, isQuiet, circumstances);
      }
    }
    if (hasCrashed) {
      sinceState.forEach((id) => this.unconfirmed.add(id));
      return;
    }
    assert.equal(sinceState.length, 0, 'a STATE follows the last record, also in a failure');
    if (failure) {
      assert(circumstances.mayFail, `nothing went wrong, but: ${failure.stack}`);
      assert(['unavailable', 'access'].includes(failure.kind), failure.stack);
    } else {
      assertComplete(messages);
    }
  }

  /** All has come to light and was synced: is the log complete, each record once? */
  close(): void {
    const missing = this.events
      .filter(({timeMs}) => timeMs >= (this.startMs ?? Infinity))
      .filter(({content}) => !this.optional.has(content))
      .filter(({content}) => this.emittedCounts.get(content) !== this.knownCounts.get(content));
    assert.deepEqual(missing, [], 'these are missing');
    assert.equal(this.unconfirmed.size, 0, 'these were never confirmed');
  }

  private enterRecord(data: RecordData): void {
    const {id, cloudId, createdAt, ...sent} = data;
    const content = JSON.stringify(sent);
    assert.equal(cloudId, this.cloudId);
    assert.equal(createdAt, new Date(data.creationDate).toISOString());
    assert(data.creationDate >= this.startMs!, 'nothing from before the start');
    if (this.emitted.has(id)) {
      assert(this.unconfirmed.has(id), `${id} came twice: ${content}`);
      assert.equal(this.emitted.get(id), content, 'one id, one record');
      return;
    }
    this.emitted.set(id, content);
    const count = (this.emittedCounts.get(content) ?? 0) + 1;
    this.emittedCounts.set(content, count);
    assert(
      count <= (this.knownCounts.get(content) ?? 0),
      `more often than it happened: ${content}`,
    );
  }

  private enterState(
    state: StreamState,
    isQuiet: boolean,
    {startedMs, endedMs, dateBehindMs}: Circumstances,
  ): void {
    const before = this.state?.creationDate ?? -1;
    assert(state.creationDate >= before, 'the cursor never moves back');
    const comesLater = this.startMs ?? 0;
    assert(state.creationDate <= Math.max(before, endedMs, comesLater - 1), 'nor before time');
    this.state = state;
    if (isQuiet) {
      this.startMs = Number(state['lookbackFrom']);
      assert(this.startMs > startedMs - dateBehindMs - 1000, 'it starts now');
      assert(this.startMs <= endedMs, 'it starts now');
      this.events
        .filter(({timeMs, visibleAtMs}) => timeMs >= this.startMs! && visibleAtMs <= endedMs)
        .forEach(({content}) => this.optional.add(content));
      return;
    }
    if (state.creationDate === before) {
      // It waits there until all that surfaced late has been looked for again.
      return;
    }
    const passed = this.events.filter(
      ({timeMs, visibleAtMs, content}) =>
        timeMs >= this.startMs! &&
        timeMs <= state.creationDate &&
        visibleAtMs <= startedMs &&
        !this.optional.has(content),
    );
    for (const [content, count] of countEach(passed.map((each) => each.content))) {
      assert((this.emittedCounts.get(content) ?? 0) >= count, `the cursor passed ${content}`);
    }
  }
}

function assertComplete(messages: readonly Message[]): void {
  const [beforeLast, last] = messages.slice(-2);
  assert.equal(last?.trace?.stream_status?.status, 'COMPLETE');
  assert(beforeLast?.state ?? beforeLast?.trace, 'the last STATE comes at the end');
}

function countEach(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
