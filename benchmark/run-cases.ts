import {AIRBYTE, BARE_BYTES, BARE_CLIENT, CONNECTOR_READ, type Contestant} from './contestants';
import {type BenchPlan, DELAY_MS} from './bench-plan';
import type {ContestantName, Setting} from './contestants';
import {measureRead, onLog, recordsPerSecond, summarise} from './measure-read';
import {medianRatio} from './median';
import type {Case, Figures, LeftOut, Standing} from './results';

type Tell = (progress: string) => void;

/** Reads even logs of all sizes in all ways. `whyNoAirbyte` says why its way cannot run here. */
export async function runCases(
  plan: BenchPlan,
  whyNoAirbyte: string | undefined,
  tell: Tell,
): Promise<Case[]> {
  const cases: Case[] = [];
  for (const records of plan.sizes) {
    tell(`making a log of ${records} records`);
    await onLog({records, shape: 'even'}, async (setting) => {
      // The server's code is compiled by then, whoever comes first.
      await measureRead(BARE_BYTES, setting, 0);
      for (const delayMs of plan.delayedSizes.includes(records) ? [0, DELAY_MS] : [0]) {
        cases.push(await runCase(setting, delayMs, plan.runs, whyNoAirbyte, tell));
      }
    });
  }
  return cases.sort((a, b) => a.delayMs - b.delayMs || a.records - b.records);
}

async function runCase(
  setting: Setting,
  delayMs: number,
  rounds: number,
  whyNoAirbyte: string | undefined,
  tell: Tell,
): Promise<Case> {
  const {records} = setting.log.plan;
  const leftOut = AIRBYTE.flatMap((each) => reasonAgainst(each, records, delayMs, whyNoAirbyte));
  const airbyte = AIRBYTE.filter(({name}) => leftOut.every((other) => other.name !== name));
  const entered = [CONNECTOR_READ, BARE_CLIENT, BARE_BYTES, ...airbyte];
  const runs = new Map<ContestantName, Figures[]>(entered.map(({name}) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of entered) {
      const figures = await measureRead(contestant, setting, delayMs);
      runs.get(contestant.name)?.push(figures);
      const seconds = figures.wallSeconds.toFixed(2);
      tell(`${records} records, ${delayMs} ms, round ${round}: ${contestant.name} ${seconds} s`);
    }
  }
  const contestants = entered.map(({name}) => standing(name, records, runs));
  return {records, delayMs, contestants, leftOut};
}

function reasonAgainst(
  {name, mostRecords}: Contestant,
  records: number,
  delayMs: number,
  whyNoAirbyte: string | undefined,
): LeftOut[] {
  if (whyNoAirbyte !== undefined) {
    return [{name, why: whyNoAirbyte}];
  }
  const most = delayMs > 0 ? mostRecords.delayed : mostRecords.undelayed;
  return records > most ? [{name, why: 'it would take too long'}] : [];
}

function standing(
  name: ContestantName,
  records: number,
  all: ReadonlyMap<ContestantName, readonly Figures[]>,
): Standing {
  const seconds = (of: ContestantName): number[] =>
    (all.get(of) ?? []).map(({wallSeconds}) => wallSeconds);
  const runs = all.get(name) ?? [];
  return {
    name,
    recordsPerSecond: recordsPerSecond(records, runs),
    timesBareClient: medianRatio(seconds(name), seconds('bare client')),
    timesConnector: medianRatio(seconds(name), seconds('connector')),
    ...summarise(runs),
  };
}
