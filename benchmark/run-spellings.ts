import type {Spelling} from '../sandbox/spelling';
import {type BenchPlan, type Service, SPELLINGS} from './bench-plan';
import {BARE_CLIENT, CONNECTOR_READ, type Contestant, type Setting} from './contestants';
import {measureRead, onLog, summarise} from './measure-read';
import {medianRatio} from './median';
import type {Figures, Spelled} from './results';

const SERVICE: Service = {encoding: 'gzip', delayMs: 0};

/** The same even log in two spellings, in turn. */
export async function runSpellings(
  {spelledRecords: records, runs}: BenchPlan,
  tell: (progress: string) => void,
): Promise<Spelled[]> {
  return onLog({records, shape: 'even'}, async (usual) => {
    const spelled: Spelled[] = [];
    for (const spelling of SPELLINGS) {
      tell(`spellings: ${records} records, ${spelling}`);
      spelled.push(
        await onLog({records, shape: 'even', spelling}, (other) =>
          compare(usual, other, spelling, runs),
        ),
      );
    }
    return spelled;
  });
}

async function compare(
  usual: Setting,
  other: Setting,
  spelling: Spelling,
  rounds: number,
): Promise<Spelled> {
  const ours = {usual: [] as Figures[], other: [] as Figures[]};
  const bare = {usual: [] as Figures[], other: [] as Figures[]};
  await inTurn(CONNECTOR_READ, {usual: [], other: []});
  for (let round = 0; round < rounds; round++) {
    await inTurn(CONNECTOR_READ, ours);
    await inTurn(BARE_CLIENT, bare);
  }
  return {
    spelling,
    records: usual.log.plan.records,
    timesUsual: timesUsual(ours),
    bareTimesUsual: timesUsual(bare),
    ...summarise(ours.other),
  };

  async function inTurn(contestant: Contestant, figures: typeof ours): Promise<void> {
    figures.usual.push(await measureRead(contestant, usual, SERVICE));
    figures.other.push(await measureRead(contestant, other, SERVICE));
  }
}

function timesUsual({usual, other}: {usual: Figures[]; other: Figures[]}): number {
  const seconds = (runs: Figures[]): number[] => runs.map(({wallSeconds}) => wallSeconds);
  return medianRatio(seconds(other), seconds(usual));
}
