import {type BenchPlan, GROWTH_SHAPES, SLOW_BYTES_PER_SECOND} from './bench-plan';
import {CONNECTOR_READ} from './contestants';
import {measureProcess} from './measure-process';
import {measureRead, onLog, summarise} from './measure-read';
import {medianRatio} from './median';
import {readSlowly} from './pipe-readers';
import {CONNECTOR} from './repository';
import type {Figures, Growth, SlowReader, StartUp} from './results';

type Tell = (progress: string) => void;

/** How the connector's cost grows with the log, for logs whose events lie differently in time. */
export async function runGrowth(plan: BenchPlan, tell: Tell): Promise<Growth[]> {
  const growth: Growth[] = [];
  for (const shape of GROWTH_SHAPES) {
    for (const records of plan.growthSizes) {
      tell(`growth: ${records} records, ${shape}`);
      const runs = await onLog({records, shape}, (setting) =>
        repeat(plan.runs, () => measureRead(CONNECTOR_READ, setting, 0)),
      );
      growth.push({shape, records, ...summarise(runs)});
    }
  }
  return growth;
}

/** The connector's memory while its reader holds it up. */
export async function runSlowReader(plan: BenchPlan, tell: Tell): Promise<SlowReader> {
  const records = plan.slowReaderRecords;
  const bytesPerSecond = SLOW_BYTES_PER_SECOND;
  tell(`slow reader: ${records} records`);
  const runs = await onLog({records, shape: 'even'}, (setting) =>
    repeat(plan.runs, () => measureRead(CONNECTOR_READ, setting, 0, readSlowly(bytesPerSecond))),
  );
  return {records, bytesPerSecond, ...summarise(runs)};
}

/** `spec` in turn with a Node.js that does nothing. */
export async function runStartUp(plan: BenchPlan, tell: Tell): Promise<StartUp> {
  tell('start-up');
  const specSeconds: number[] = [];
  const nodeSeconds: number[] = [];
  for (let run = 0; run < plan.startUps; run++) {
    nodeSeconds.push((await measureProcess([process.execPath, '-e', '0'])).wallSeconds);
    specSeconds.push((await measureProcess([CONNECTOR, 'spec'])).wallSeconds);
  }
  return {specSeconds, nodeSeconds, ratio: medianRatio(specSeconds, nodeSeconds)};
}

async function repeat(times: number, run: () => Promise<Figures>): Promise<Figures[]> {
  const runs: Figures[] = [];
  for (let n = 0; n < times; n++) {
    runs.push(await run());
  }
  return runs;
}
