import {closeSync, mkdtempSync, openSync, rmSync} from 'node:fs';
import {devNull, tmpdir} from 'node:os';
import {join} from 'node:path';

import {createMeter} from '../../benchmark/process-cost';
import {CATALOG, runConnector, type Run} from './connector';

/** A run, and what it took as the operating system says. */
export interface MeasuredRun extends Run {
  /** Peak of the resident memory; a megabyte is 1,000,000 bytes. */
  readonly megabytes: number;
  readonly seconds: number;
}

/** @param isHeard whether what it writes is collected, or goes to nobody */
export async function measure(
  command: 'check' | 'read',
  options: {readonly config: unknown; readonly env?: Record<string, string>},
  isHeard = true,
): Promise<MeasuredRun> {
  const folder = mkdtempSync(join(tmpdir(), 'cost-'));
  const nobody = openSync(devNull, 'w');
  try {
    const meter = createMeter(join(folder, 'cost'));
    const startedMs = performance.now();
    const run = await runConnector(command, {
      catalog: command === 'read' ? CATALOG : undefined,
      // A profile takes time and memory of its own.
      isProfiled: false,
      ...options,
      through: meter.wrap([]),
      onStart: ({pid}) => meter.watch(pid!),
      ...(!isHeard && {stdout: nobody}),
    });
    const seconds = (performance.now() - startedMs) / 1000;
    return {...run, megabytes: meter.read().peakMemoryMb, seconds};
  } finally {
    closeSync(nobody);
    rmSync(folder, {recursive: true});
  }
}
