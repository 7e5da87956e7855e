import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type ConnectorFiles, writeConnectorFiles} from '../sandbox/connector-files';
import type {Service} from './bench-plan';
import type {Contestant, Setting} from './contestants';
import type {LogPlan} from './log-plan';
import {measureProcess} from './measure-process';
import {median, medianOfEach} from './median';
import type {PipeReader} from './pipe-readers';
import type {Figures, Measured} from './results';
import {ServedLog} from './served-log';

/** Lets `work` measure on a log that a process of its own serves. */
export async function onLog<T>(plan: LogPlan, work: (setting: Setting) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const log = await ServedLog.start(plan);
  let files: ConnectorFiles | undefined;
  try {
    files = await writeConnectorFiles(log.settings);
    const {settings, catalog} = files;
    return await work({log, settings, catalog, folder});
  } finally {
    await files?.remove();
    await log.stop();
    rmSync(folder, {recursive: true});
  }
}

/**
 * One whole run of a contestant.
 * @throws if it fails, or if its lines, or its requests, are too few for the whole log
 */
export async function measureRead(
  contestant: Contestant,
  setting: Setting,
  service: Service,
  reader?: PipeReader,
): Promise<Figures> {
  const {log} = setting;
  await log.countAnew(service);
  const {lines, ...cost} = await measureProcess(contestant.command(setting), reader);
  const traffic = await log.traffic();
  const {records} = log.plan;
  const evidence = contestant.writesRecords ? lines : traffic.requests * 1000;
  if (evidence < records) {
    throw new Error(`${contestant.name} read less than ${records} records`);
  }
  return {...cost, ...traffic};
}

/** The figures of several runs, and the middle of each. */
export function summarise(runs: readonly Figures[]): Measured {
  return {runs, median: medianOfEach<Figures>(runs)};
}

/** What is shown as speed. */
export function recordsPerSecond(records: number, runs: readonly Figures[]): number {
  return records / median(runs.map(({wallSeconds}) => wallSeconds));
}
