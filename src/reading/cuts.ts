import type {AuditRecord} from '../confluence/page';
import {MOST_RECORDS} from '../confluence/page-size';
import type {LogServer} from './log-server';
import {oldestFirst, recordsIn} from './record-lists';
import {holds, type Window} from './windows';

/** Where windows that hold too much were counted out: between two places lie as many records as may be read at once. */
export class Cuts {
  /** Epoch ms, in order. */
  private times: readonly number[] = [];
  /** Where windows begin that were cut so: up to the first place lies any number. Epoch ms. */
  private readonly rests = new Set<number>();

  /** The first place after the beginning of a gap, if it is in it. */
  firstIn({fromMs, toMs}: Window): number | undefined {
    return this.times.find((each) => holds({fromMs: fromMs + 1, toMs}, each));
  }

  nextAfter(timeMs: number): number {
    return this.times.find((each) => each > timeMs) ?? Infinity;
  }

  /** Whether from here to the next place there may lie less than between two. */
  isRest(fromMs: number): boolean {
    return this.rests.has(fromMs);
  }

  add(window: Window, times: readonly number[]): void {
    this.rests.add(window.fromMs);
    this.times = [...this.times, ...times].sort((a, b) => a - b);
  }

  /** A window between two places held nothing: the one after it is not a place any more. */
  forget(window: Window): void {
    this.times = this.times.filter((each) => each > window.toMs + 1);
  }

  forgetAll(): void {
    this.times = [];
  }
}

/** Where to cut a window of which an answer has shown a part: before that, amid it and after it. */
export function cutsAround(records: readonly AuditRecord[], {fromMs, toMs}: Window): number[] {
  const shown = recordsIn(oldestFirst(records), {fromMs, toMs});
  const times = [...new Set(shown.map(({timeMs}) => timeMs))];
  const cuts = times.length === 0 ? [] : [times[0]!, times[times.length >> 1]!, times.at(-1)! + 1];
  return [...new Set(cuts)].filter((each) => each > fromMs && each <= toMs);
}

/** The times in a window, oldest first, of what stands at places that lie `step` rows apart in an answer of pages. */
export async function timesByPlace(
  server: LogServer,
  {span, window}: {readonly span: Window; readonly window: Window},
  step: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let start = step; ; start += step) {
    // Of rows some may not be shown.
    const answer = await server.ask(span, start, server.canFollow ? 1 : MOST_RECORDS);
    const timeMs = answer.page.records[0]?.timeMs;
    const isMore =
      timeMs === undefined ? await server.goesOn(answer, span, start) : timeMs >= window.fromMs;
    if (!isMore) {
      return times.sort((a, b) => a - b);
    }
    if (timeMs !== undefined && holds(window, timeMs)) {
      times.push(timeMs);
    }
  }
}
