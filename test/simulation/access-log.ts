import {type Chain, type Run, shortestLookbackMs} from './chain';

/** A chain as check.py wants it: the truth, what the server answered, and what came out. One line. */
export function toAccessLog(chain: Chain, runs: readonly Run[]): string {
  const log = chain.happenings;
  const places = new Map(log.map(({json}, place) => [json, place]));
  return JSON.stringify({
    log,
    lookbackMs: shortestLookbackMs(chain),
    syncs: runs.map(({output, circumstances, accesses}) => ({
      startedMs: circumstances.startedMs,
      endedMs: circumstances.endedMs,
      startMs: circumstances.settings.backfillStartMs ?? null,
      killed: output.hasCrashed,
      answers: accesses.map(({shown, ...rest}) => ({
        ...rest,
        shown: shown.map((json) => places.get(json)),
      })),
      lacked: log.flatMap((happening, place) => (circumstances.lacks(happening) ? [place] : [])),
      stdout: output.lines.map((line) => `${line}\n`).join(''),
    })),
  });
}
