/** A stretch of time: epoch ms, both ends belong to it; an infinite end sets no bound. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Without bounds. */
export const ALL: Window = {fromMs: -Infinity, toMs: Infinity};

/** How many milliseconds belong to a window. */
export function lengthOf({fromMs, toMs}: Window): number {
  return toMs - fromMs + 1;
}

/** Whether a time lies in a window. */
export function holds({fromMs, toMs}: Window, timeMs: number): boolean {
  return timeMs >= fromMs && timeMs <= toMs;
}

/** What both windows have in common; it may be empty, with `fromMs` after `toMs`. */
export function overlapOf(a: Window, b: Window): Window {
  return {fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs)};
}

/** What is left of `whole` without the `covered` windows, which are in order and apart; in order. */
export function without(whole: Window, covered: readonly Window[]): Window[] {
  const left: Window[] = [];
  let {fromMs} = whole;
  for (const each of covered) {
    if (each.toMs >= fromMs) {
      left.push({fromMs, toMs: Math.min(each.fromMs - 1, whole.toMs)});
      fromMs = each.toMs + 1;
    }
  }
  return [...left, {fromMs, toMs: whole.toMs}].filter((window) => lengthOf(window) > 0);
}

/** `covered` and one window more, in order and apart. */
export function joined(covered: readonly Window[], added: Window): Window[] {
  const all = [...covered, added]
    .filter((window) => lengthOf(window) > 0)
    .sort((a, b) => a.fromMs - b.fromMs);
  const apart: Window[] = [];
  for (const {fromMs, toMs} of all) {
    const last = apart.at(-1);
    if (last && fromMs <= last.toMs + 1) {
      apart[apart.length - 1] = {fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs)};
    } else {
      apart.push({fromMs, toMs});
    }
  }
  return apart;
}
