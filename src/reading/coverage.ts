import {contradiction} from './contradiction';
import {SEAM_RECORDS} from './page-rows';
import {isNothing, join, type Part, type Reading, readingOf, withShown} from './reading';
import type {AuditRecord} from '../confluence/page';
import {oldestFirst, recordsIn, unite} from './record-lists';
import {holds, overlapOf, type Window, without} from './windows';

const NOTHING = Buffer.alloc(0);
/** How often readings may contradict each other. */
const MOST_DISPUTES = 12;

/**
 * What is known of a window by now: readings, and gaps between them. Readings come in any order and
 * are held against each other; what is known from the beginning on can be taken out.
 */
export class Coverage {
  /** In order and apart. */
  private readings: readonly Reading[] = [];
  private nextMs: number;
  /** Nothing surfaces here any more. */
  private readonly settled: Window;
  /** Records that answers have shown and no reading has proven, oldest first: what is believed MUST have them. */
  private witnesses: readonly AuditRecord[] = [];
  /** How often readings have contradicted each other. */
  disputes = 0;

  /** @param unsettledFromMs from here on records may surface between two answers, epoch ms */
  constructor(
    private readonly whole: Window,
    readonly unsettledFromMs: number,
  ) {
    this.settled = {fromMs: -Infinity, toMs: unsettledFromMs - 1};
    this.nextMs = whole.fromMs;
  }

  /** Everything was taken. */
  get isDone(): boolean {
    return this.nextMs > this.whole.toMs || this.nextMs === Infinity;
  }

  /** How many records lie ready. */
  get count(): number {
    return this.readings.reduce((sum, {records}) => sum + records.length, 0);
  }

  /** What is not known yet and nobody is asking for, in order. */
  gaps(asked: readonly Window[] = []): Window[] {
    const spans = [...this.readings.map(({span}) => span), ...asked];
    const inOrder = spans.sort((a, b) => a.fromMs - b.fromMs);
    return without({fromMs: this.nextMs, toMs: this.whole.toMs}, inOrder);
  }

  /** What of a window is not known yet, in order. */
  gapsIn(window: Window): Window[] {
    const rest = overlapOf(window, {fromMs: this.nextMs, toMs: Infinity});
    return without(
      rest,
      this.readings.map(({span}) => span),
    );
  }

  /**
   * What is known next to a gap, on its newer or its older side; undefined if nothing is. Where that is
   * that nothing happened, with the records of the next reading that has some.
   */
  beside(gap: Window, isNewer: boolean): Reading | undefined {
    const at = this.readings.findIndex(({span}) =>
      holds(span, isNewer ? gap.toMs + 1 : gap.fromMs - 1),
    );
    const beyond = isNewer ? this.readings.slice(at) : this.readings.slice(0, at + 1).toReversed();
    const {records = []} = beyond.find((each) => each.records.length > 0) ?? {};
    return at < 0 ? undefined : {...this.readings[at]!, records};
  }

  /** Whether all that is wanted begins or ends there. */
  isEnd(timeMs: number): boolean {
    return timeMs === this.whole.fromMs || timeMs === this.whole.toMs;
  }

  /** Takes in what an answer has shown: where nothing is known, that it was shown is all that is. */
  note(records: readonly AuditRecord[]): void {
    const {whole, unsettledFromMs, nextMs} = this;
    const shown = oldestFirst(records);
    const seen = this.gapsIn(whole).flatMap((gap) => recordsIn(shown, gap));
    // Of a settled one nothing else will be needed, and its page may be large.
    const kept = seen.map((each) =>
      each.timeMs < unsettledFromMs
        ? {timeMs: each.timeMs, hash: each.hash, json: NOTHING, replaced: 0}
        : each,
    );
    this.witnesses = unite(recordsIn(this.witnesses, {fromMs: nextMs, toMs: Infinity}), kept);
  }

  /** Takes in what was shown. @throws Failure if answers go on contradicting each other */
  add(reading: Reading): void {
    if (isNothing(reading)) {
      return;
    }
    const {fromMs, toMs} = reading.span;
    const isApart = ({span}: Reading): boolean => span.toMs + 1 < fromMs || span.fromMs > toMs + 1;
    const whole = withShown(reading, this.witnesses, this.settled);
    if (!whole) {
      this.dispute(reading, reading);
      return;
    }
    let joined = whole;
    for (const each of this.readings.filter((other) => !isApart(other))) {
      const both = join(each, joined, this.settled);
      if (!both) {
        this.dispute(each, reading);
        return;
      }
      joined = both;
    }
    this.readings = [...this.readings.filter(isApart), joined].sort(
      (a, b) => a.span.fromMs - b.span.fromMs,
    );
  }

  /** What is known from the beginning on and held against what comes after it, if that is anything. */
  take(): Part | undefined {
    const first = this.readings.find(({span}) => holds(span, this.nextMs));
    if (!first || this.isDone) {
      return undefined;
    }
    const {span, records, agreedToMs} = first;
    const fromMs = this.nextMs;
    const toMs = span.toMs >= this.whole.toMs ? this.whole.toMs : Math.min(agreedToMs, span.toMs);
    if (toMs < fromMs) {
      return undefined;
    }
    this.nextMs = toMs + 1;
    const taken = recordsIn(records, {fromMs, toMs});
    const seamMs = recordsIn(records, {fromMs: -Infinity, toMs}).at(-SEAM_RECORDS)?.timeMs;
    const kept = {fromMs: Math.max(span.fromMs, seamMs ?? -Infinity), toMs: span.toMs};
    this.readings = this.readings.map((each) =>
      each === first ? {...first, span: kept, records: recordsIn(records, kept)} : each,
    );
    return {window: {fromMs, toMs}, records: taken};
  }

  /** Forgets all that is not taken: it was believed for an order that there is not. */
  forget(): void {
    this.readings = [];
  }

  /** Forgets down to so many records, those first that will be needed last; but not what is needed next. */
  forgetNewest(count: number): void {
    while (this.count > count && this.readings.length > 1) {
      this.readings = this.readings.slice(0, -1);
    }
  }

  /** Neither of two readings is believed where they differ. */
  private dispute(known: Reading, shown: Reading): void {
    if (++this.disputes > MOST_DISPUTES) {
      throw contradiction(known.span.fromMs, describe([known, shown]));
    }
    const {fromMs, toMs} = overlapOf(known.span, shown.span);
    const disputed = {fromMs: fromMs - 1, toMs: toMs + 1};
    this.readings = this.readings.flatMap((each) =>
      each === known
        ? without(each.span, [disputed]).map((span) => readingOf(span, each.records))
        : [each],
    );
  }
}

function describe(readings: readonly Reading[]): string {
  const shown = readings.map(
    ({records, span}) => `${records.length} records from ${span.fromMs} to ${span.toMs}`,
  );
  return `Answers showed ${shown.join(', ')}.`;
}
