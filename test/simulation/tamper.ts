import type {Run} from './chain';
import type {Wrong} from './ledger';

/** Something that is done to the output of good syncs, and what it then is. */
export interface Tampering {
  readonly name: string;
  readonly wrong: Wrong;
  /** @returns undefined where there is nothing to tamper with */
  readonly apply: (runs: readonly Run[]) => Run[] | undefined;
}

type Lines = readonly string[];

export const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'a RECORD is left out',
    wrong: 'lost',
    apply: onLines((lines) => without(lines, isRecord)),
  },
  {
    name: 'a RECORD comes twice in a row',
    wrong: 'doubled',
    apply: onLines((lines) => after(lines, isRecord, (line) => [line, line])),
  },
  {
    name: 'a RECORD of one sync comes again at the start of the last one',
    wrong: 'doubled',
    apply: (runs) => {
      const record = runs
        .filter(({output}) => output.lines.some(isState) && !output.hasCrashed)
        .flatMap(({output}) => output.lines)
        .find(isRecord);
      const last = runs.at(-1)!;
      return record === undefined
        ? undefined
        : [...runs.slice(0, -1), withLines(last, [record, ...last.output.lines])];
    },
  },
  {
    name: 'a RECORD is torn in two',
    wrong: 'torn',
    apply: onLines((lines) =>
      after(lines, isRecord, (line) => [line.slice(0, 80), line.slice(80)]),
    ),
  },
  {
    name: 'the last STATE comes before the RECORDs',
    wrong: 'premature',
    apply: onLines((lines) => {
      const state = lines.findLast(isState);
      const first = lines.findIndex(isRecord);
      return state === undefined || first < 0 || lines.filter(isState).length !== 1
        ? undefined
        : [...lines.slice(0, first), state, ...lines.slice(first)];
    }),
  },
  {
    name: 'a cursor is ahead of the time',
    wrong: 'premature',
    apply: onLines((lines) =>
      after(lines, isState, (line) => [
        line.replace(
          /("creationDate":)(\d+)/,
          (_, key: string, ms: string) => key + (Number(ms) + 1e9),
        ),
      ]),
    ),
  },
];

/** Tampers with the first sync that went well and can be tampered with. */
function onLines(change: (lines: Lines) => string[] | undefined): Tampering['apply'] {
  return (runs) => {
    for (const [at, run] of runs.entries()) {
      const lines = run.output.hasCrashed ? undefined : change(run.output.lines);
      if (lines) {
        return runs.with(at, withLines(run, lines));
      }
    }
    return undefined;
  };
}

function withLines(run: Run, lines: Lines): Run {
  return {...run, output: {...run.output, lines}};
}

function without(lines: Lines, matches: (line: string) => boolean): string[] | undefined {
  return after(lines, matches, () => []);
}

/** Puts something else in the place of the first line that matches. */
function after(
  lines: Lines,
  matches: (line: string) => boolean,
  change: (line: string) => string[],
): string[] | undefined {
  const at = lines.findIndex(matches);
  return at < 0 ? undefined : lines.toSpliced(at, 1, ...change(lines[at]!));
}

function isRecord(line: string): boolean {
  return line.startsWith('{"type":"RECORD"');
}

function isState(line: string): boolean {
  return line.includes('"type":"STATE"');
}
