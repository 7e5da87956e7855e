/** `npm run test:soak` sets SOAK_RUNS; SOAK_SEED goes through the same again. */
const SOAK_RUNS = Number(process.env['SOAK_RUNS'] ?? 0);
const SEED = Number(process.env['SOAK_SEED'] ?? (SOAK_RUNS > 0 ? Date.now() % 2 ** 31 : 1));

if (SOAK_RUNS > 0) {
  process.stderr.write(`SOAK_RUNS=${SOAK_RUNS} SOAK_SEED=${SEED}\n`);
}

/** For fc.assert: `usual` runs with a seed that stays, or as many as a soak is to have with a seed of its own. */
export function runs(usual: number): {numRuns: number; seed: number} {
  return {numRuns: SOAK_RUNS === 0 ? usual : Math.ceil((SOAK_RUNS * usual) / 300), seed: SEED};
}

/** Enough for that many runs of a fifth of a second, and for looking for a smaller counterexample. */
export const SOAK_TIMEOUT_MS = 120_000 + 200 * SOAK_RUNS;
