import {
  type BenchPlan,
  LARGE_RECORD_BYTES,
  type Service,
  SHAPES,
  SLOW_BYTES_PER_SECOND,
} from './bench-plan';
import {CONNECTOR_READ} from './contestants';
import type {LogPlan} from './log-plan';
import {measureProcess} from './measure-process';
import {measureRead, onLog, summarise} from './measure-read';
import {medianRatio} from './median';
import {type PipeReader, readSlowly} from './pipe-readers';
import {CONNECTOR} from './repository';
import type {Figures, Growth, Large, Measured, SlowReader, StartUp} from './results';

type Tell = (progress: string) => void;

const SERVICE: Service = {encoding: 'gzip', delayMs: 0};

/** How the connector's cost grows with the log, for logs whose events lie differently in time. */
export async function runGrowth(plan: BenchPlan, tell: Tell): Promise<Growth[]> {
  const growth: Growth[] = [];
  for (const shape of SHAPES) {
    for (const records of plan.shapeSizes) {
      tell(`shapes: ${records} records, ${shape}`);
      growth.push({shape, records, ...(await measure({records, shape}, plan.runs))});
    }
  }
  return growth;
}

/** The connector's memory while its reader holds it up. */
export async function runSlowReader(plan: BenchPlan, tell: Tell): Promise<SlowReader> {
  const records = plan.slowReaderRecords;
  const bytesPerSecond = SLOW_BYTES_PER_SECOND;
  tell(`slow reader: ${records} records`);
  const reader = readSlowly(bytesPerSecond);
  const measured = await measure({records, shape: 'even'}, plan.runs, reader);
  return {records, bytesPerSecond, ...measured};
}

/** The connector's memory where each record is large. */
export async function runLarge(plan: BenchPlan, tell: Tell): Promise<Large> {
  const records = plan.largeRecords;
  const recordBytes = LARGE_RECORD_BYTES;
  tell(`records of ${recordBytes} bytes: ${records} of them`);
  const measured = await measure({records, shape: 'even', recordBytes}, plan.runs);
  return {records, recordBytes, ...measured};
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

async function measure(log: LogPlan, runs: number, reader?: PipeReader): Promise<Measured> {
  return onLog(log, async (setting) => {
    const figures: Figures[] = [];
    for (let run = 0; run < runs; run++) {
      figures.push(await measureRead(CONNECTOR_READ, setting, SERVICE, reader));
    }
    return summarise(figures);
  });
}
