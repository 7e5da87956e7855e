import {type BenchPlan, type Service, servicesOf} from './bench-plan';
import {AIRBYTE, BARE_BYTES, BARE_CLIENT, CONNECTOR_READ, type Contestant} from './contestants';
import type {ContestantName, Setting} from './contestants';
import {serviceText} from './figure-text';
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
      for (const service of servicesOf(records)) {
        cases.push(await runCase(setting, service, plan.runs, whyNoAirbyte, tell));
      }
    });
  }
  const services = [...new Set(cases.map(serviceText))];
  const place = (of: Case): number => services.indexOf(serviceText(of));
  return cases.sort((a, b) => place(a) - place(b) || a.records - b.records);
}

async function runCase(
  setting: Setting,
  service: Service,
  rounds: number,
  whyNoAirbyte: string | undefined,
  tell: Tell,
): Promise<Case> {
  const {records} = setting.log.plan;
  const leftOut = AIRBYTE.flatMap((each) => reasonAgainst(each, records, service, whyNoAirbyte));
  const airbyte = AIRBYTE.filter(({name}) => leftOut.every((other) => other.name !== name));
  const entered = [CONNECTOR_READ, BARE_CLIENT, BARE_BYTES, ...airbyte];
  const runs = new Map<ContestantName, Figures[]>(entered.map(({name}) => [name, []]));
  // The server's code is compiled by then, whoever comes first.
  await measureRead(BARE_BYTES, setting, {...service, delayMs: 0});
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of entered) {
      const figures = await measureRead(contestant, setting, service);
      runs.get(contestant.name)?.push(figures);
      const seconds = `${contestant.name} ${figures.wallSeconds.toFixed(2)} s`;
      tell(`${records} records, ${serviceText(service)}, round ${round}: ${seconds}`);
    }
  }
  const contestants = entered.map(({name}) => standing(name, records, runs));
  return {records, ...service, contestants, leftOut};
}

function reasonAgainst(
  {name, mostRecords}: Contestant,
  records: number,
  {delayMs, encoding}: Service,
  whyNoAirbyte: string | undefined,
): LeftOut[] {
  if (whyNoAirbyte !== undefined) {
    return [{name, why: whyNoAirbyte}];
  }
  if (encoding === 'plain') {
    return [{name, why: 'measured with gzip alone'}];
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
