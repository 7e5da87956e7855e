import {emittedKey, MAX_EMITTED, type StreamState} from './state';
import type {Window} from './windows';

/** A `Date` header is cut to whole seconds. */
const DATE_RESOLUTION_MS = 1000;
/** No answer of a read takes longer: its requests time out. */
const LONGEST_ANSWER_MS = 60_000;

/** Where a sync stands in time when it begins. */
export interface CursorStart {
  readonly state: StreamState | undefined;
  /** Where the first sync starts, epoch ms; undefined: now. */
  readonly backfillStartMs: number | undefined;
  readonly lookbackMs: number;
  readonly cloudId: string;
}

/**
 * The stream's place in time during one sync. It knows what was emitted, so it says what must not
 * be emitted again, and it makes the state that may be saved.
 *
 * The server's clock says what may still surface: what was older than the lookback when it was read
 * is settled. A `Date` of whole seconds means some moment within that second, and the answer shows
 * the log as it was at some moment since the request: what lies before both has happened
 * (`safeMs`), and what lies behind, in that second too, may be there already (up to `endMs`).
 */
export class Cursor {
  private readonly startMs: number | undefined;
  private readonly reachedBefore: number;
  /** How often each key was emitted by earlier syncs, and how much of it this sync has not met yet. */
  private readonly emittedBefore: ReadonlyMap<string, number>;
  private readonly notMet: Map<string, number>;
  /** Keys of what this sync has met behind the settled time, oldest first. */
  private met: string[] = [];
  private latestMetMs = 0;
  private creationDate: number;
  private settledMs: number;
  private safeMs = 0;
  private hasPassed = false;
  private hasForgotten = false;

  constructor(private readonly start: CursorStart) {
    const {state, backfillStartMs} = start;
    this.startMs = state ? startOf(state) : backfillStartMs;
    this.reachedBefore = state?.creationDate ?? 0;
    this.creationDate = this.reachedBefore;
    this.settledMs = this.startMs ?? 0;
    this.emittedBefore = countEach(state?.emitted ?? []);
    this.notMet = new Map(this.emittedBefore);
  }

  /** Where this sync starts to read, epoch ms; undefined: at the server's now. */
  get readsFromMs(): number | undefined {
    return this.startMs;
  }

  /** This sync is a first one, and reads the past. */
  get isBackfill(): boolean {
    return this.start.state === undefined && this.startMs !== undefined;
  }

  /**
   * Takes the server's clock for this sync.
   * @param serverTimeMs when the first answer was given
   * @param tookMs how long it took
   * @returns the window to read; undefined if the sync would start in the future
   */
  open(serverTimeMs: number, tookMs: number): Window | undefined {
    const second = Math.floor(serverTimeMs / DATE_RESOLUTION_MS) * DATE_RESOLUTION_MS;
    this.safeMs = second - Math.min(tookMs, LONGEST_ANSWER_MS) - 1;
    const fromMs = this.startMs ?? second;
    this.settledMs = fromMs;
    const endMs = second + DATE_RESOLUTION_MS - 1;
    return fromMs <= endMs ? {fromMs, toMs: endMs} : undefined;
  }

  /**
   * Meets a record of the log; in ascending order of time.
   * @param ordinal the record is the n-th (1, 2, …) with this hash in its millisecond
   * @returns whether it is new: no earlier sync has emitted it
   */
  meet(timeMs: number, contentHash: string, ordinal: number): boolean {
    const mayStillSurface = timeMs > this.safeMs - this.start.lookbackMs;
    if (!mayStillSurface && this.emittedBefore.size === 0) {
      return true;
    }
    const key = emittedKey(contentHash);
    const isNew = ordinal > (this.emittedBefore.get(key) ?? 0);
    const notMet = this.notMet.get(key);
    if (!isNew && notMet) {
      this.notMet.set(key, notMet - 1);
    }
    if (mayStillSurface) {
      this.latestMetMs = timeMs;
      this.met.push(key);
      this.forgetIfMany();
    }
    return isNew;
  }

  /** Everything up to `timeMs` has been emitted. */
  pass(timeMs: number): void {
    const {lookbackMs} = this.start;
    const reached = Math.min(timeMs, Math.max(this.safeMs, this.latestMetMs));
    this.creationDate = Math.max(this.creationDate, reached);
    this.settledMs = Math.max(this.settledMs, Math.min(timeMs, this.safeMs - lookbackMs) + 1);
    if (timeMs >= this.reachedBefore) {
      this.notMet.clear();
    }
    this.hasPassed = true;
  }

  /**
   * The state that may be saved now; undefined if there is none yet. Where a first sync is to start
   * in the future, it is the start: nothing before it is ever wanted.
   */
  toState(): StreamState | undefined {
    const {state, cloudId} = this.start;
    if (!this.hasPassed) {
      const isToCome = state === undefined && this.startMs !== undefined;
      return isToCome ? {creationDate: this.startMs - 1, cloudId} : state;
    }
    const notMet = [...this.notMet].flatMap(([key, count]) => Array<string>(count).fill(key));
    const emitted = [...this.met, ...notMet];
    this.hasForgotten ||= emitted.length > MAX_EMITTED;
    return {
      creationDate: this.creationDate,
      lookbackFrom: this.settledMs,
      emitted: emitted.slice(-MAX_EMITTED),
      cloudId,
    };
  }

  /** More records lie within the lookback than a state may remember: the next sync may repeat some. */
  get mayRepeat(): boolean {
    return this.hasForgotten;
  }

  private forgetIfMany(): void {
    if (this.met.length >= 2 * MAX_EMITTED) {
      this.met = this.met.slice(-MAX_EMITTED);
      this.hasForgotten = true;
    }
  }
}

/**
 * The lookback that the state was made for counts; another setting shows in the next state. A state
 * without one is taken at its word: all up to its cursor has been emitted.
 */
function startOf({creationDate, lookbackFrom}: StreamState): number {
  return lookbackFrom ?? creationDate + 1;
}

function countEach(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
