import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, mkdtempSync, openSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {performance} from 'node:perf_hooks';
import {type PipeReader, readAtOnce} from './pipe-readers';
import {createMeter, type ProcessCost} from './process-cost';

/** A whole process, from its start to its end. */
export interface ProcessRun extends ProcessCost {
  readonly wallSeconds: number;
  /** How many lines it wrote to stdout. */
  readonly lines: number;
}

/**
 * Runs a command to its end, its output going into a pipe that `reader` empties.
 * @throws with the end of its stderr if it fails
 */
export async function measureProcess(
  command: readonly string[],
  reader: PipeReader = readAtOnce,
): Promise<ProcessRun> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const meter = createMeter(join(folder, 'cost'));
    const pipe = openPipe(join(folder, 'stdout'));
    const lines = reader(pipe.readEnd);
    const [program = '', ...args] = meter.wrap(command);
    const startedMs = performance.now();
    const child = spawn(program, args, {stdio: ['ignore', pipe.writeEnd, 'pipe'], env: ENV});
    closeSync(pipe.writeEnd);
    const complaints = child.stderr?.toArray() as Promise<Buffer[]>;
    meter.watch(child.pid ?? 0);
    const [code] = (await once(child, 'exit')) as [number | null];
    const wallSeconds = (performance.now() - startedMs) / 1000;
    if (code !== 0) {
      const said = Buffer.concat(await complaints).toString();
      throw new Error(`${command.join(' ')}: exit code ${code}\n${said.slice(-2000)}`);
    }
    return {wallSeconds, ...meter.read(), lines: await lines};
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** With the node that runs the benchmark in front: the one that `#!/usr/bin/env node` finds. */
const ENV = {
  ...process.env,
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
};

/** A pipe as a shell makes it; what Node calls a pipe between processes is a pair of sockets. */
function openPipe(path: string): {readEnd: number; writeEnd: number} {
  execFileSync('mkfifo', [path]);
  // To open one end waits for the other end, but not for one that is both.
  const bothEnds = openSync(path, 'r+');
  const pipe = {readEnd: openSync(path, 'r'), writeEnd: openSync(path, 'w')};
  closeSync(bothEnds);
  return pipe;
}
