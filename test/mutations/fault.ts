/** A small thing that is made wrong in the code, and what notices it. */
export interface Fault {
  /** What the code then does. */
  readonly name: string;
  /** In src. */
  readonly file: string;
  /** What is replaced: it MUST stand in the file once. */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: Catcher;
}

/** The tests of a file in whose title this stands: one of them fails. */
export interface TestCatcher {
  readonly test: string;
  readonly title: string;
}

/** What notices a fault, and notices nothing without it: tests, or a run of the simulator in which a promise is broken. */
export type Catcher = TestCatcher | {readonly command: readonly string[]};

/** Caught by a run of the simulator, as `node scripts/simulate.mjs` takes it. */
export function simulator(...command: readonly string[]): Catcher {
  return {command};
}

/**
 * Caught by one chain of syncs, whether or not its world is one of those that are known to break a promise.
 * @param leastCap pages hold at least so many rows
 */
export function strictly(what: 'lies' | 'pairs', of: string, seed: number, leastCap = 1): Catcher {
  const caps = leastCap > 1 ? ['--caps', String(leastCap)] : [];
  return simulator(what, '--of', of, ...caps, '--seed', String(seed), '--syncs', '1', '--strict');
}

/** Caught by the tests of a file in whose title this stands. */
export function testOf(test: string, title: string): Catcher {
  return {test: `test/${test}.test.ts`, title};
}

/** A catcher as it stands in the table of the documentation. */
export function describeCatcher(by: Catcher): string {
  if ('test' in by) {
    return `[${by.test.split('/').at(-1)}](../${by.test}): "${by.title}"`;
  }
  const words = by.command.map((word) => (word.includes(' ') ? `"${word}"` : word));
  return `\`node scripts/simulate.mjs ${words.join(' ')}\``;
}
