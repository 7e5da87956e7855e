import type {Message} from '../support/connector';
import {liesOf} from './behaviour';
import type {Chain, Outcome, Run} from './chain';
import type {Happening} from './happening';

const MOST_LISTED = 12;

/** A chain and what came of it, for a person. Times are ms from its first sync. */
export function describeOutcome(chain: Chain, {violations, runs}: Outcome): string {
  const since = (ms: number): number => ms - chain.firstSyncMs;
  const {behaviour, happenings, seed} = chain;
  const lies = liesOf(behaviour).map(({name}) => name);
  return [
    `seed ${seed}: ${violations.map(({wrong, what}) => `${wrong}: ${what}`).join('\n  ')}`,
    `  pages of ${behaviour.cap}; ${lies.join(', ') || 'no lie'}`,
    `  log: ${few(happenings.map((each) => describeHappening(each, since)))}`,
    ...runs.flatMap((run, at) => describeRun(run, at, chain, since)),
  ].join('\n');
}

function describeHappening(
  {timeMs, visibleAtMs, json}: Happening,
  since: (ms: number) => number,
): string {
  const late = visibleAtMs === timeMs ? '' : ` seen ${since(visibleAtMs)}`;
  return json === undefined ? `(${since(timeMs)}${late})` : `${since(timeMs)}${late}`;
}

function describeRun(run: Run, at: number, chain: Chain, since: (ms: number) => number): string[] {
  const {output, accesses, circumstances} = run;
  const {startedMs, settings} = circumstances;
  const step = chain.steps[at];
  const odd = step
    ? JSON.stringify({
        faults: step.faults,
        crashAfter: step.crashAfter,
        skewMs: step.skewMs,
        date: step.date,
        lag: step.lag,
      })
    : 'calm';
  const start = settings.backfillStartMs;
  return [
    `  sync at ${since(startedMs)}, lookback ${settings.lookbackMinutes} min, start ${start === undefined ? 'unset' : since(start)}, ${odd}`,
    ...few(
      accesses.map(({atMs, query, status, shown}) => {
        const times = shown.map((json) =>
          since((JSON.parse(json) as {creationDate: number}).creationDate),
        );
        const asked = query.replaceAll(
          /(Date=)(\d+)/g,
          (_, name: string, ms: string) => name + since(Number(ms)),
        );
        return `\n    ${since(atMs)} ${asked} ${status}: ${times.join(' ')}`;
      }),
      40,
    ).split('\n'),
    `    > ${few(
      output.lines.map((line) => describeLine(line, since)),
      60,
    )}${output.hasCrashed ? ' KILLED' : ''}`,
    ...(output.failure ? [`    ! ${output.failure.failureType}: ${output.failure.message}`] : []),
  ];
}

function describeLine(line: string, since: (ms: number) => number): string {
  const {record, state, trace} = JSON.parse(line) as Message;
  if (record) {
    return `R${since(record.data.creationDate)}#${record.data.id.slice(3, 7)}${record.data.id.slice(35)}`;
  }
  if (state) {
    return JSON.stringify(state.stream.stream_state).replaceAll(/\d{13}/g, (ms) =>
      String(since(Number(ms))),
    );
  }
  return trace?.stream_status?.status ?? line;
}

/** The first ones and the last ones. */
function few(items: readonly string[], most = MOST_LISTED): string {
  const left = items.length - most;
  const half = Math.ceil(most / 2);
  const ends = [items.slice(0, half), items.slice(half - most)].map((each) => each.join(' '));
  return left <= 0 ? items.join(' ') : ends.join(` and ${left} more and `);
}
