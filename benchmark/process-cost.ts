import {existsSync, readFileSync} from 'node:fs';

/** What a process took from the machine in its whole life. */
export interface ProcessCost {
  /** In user and in system mode together. */
  readonly cpuSeconds: number;
  /** Peak of its resident memory; a megabyte is 1,000,000 bytes. */
  readonly peakMemoryMb: number;
}

/** One way to see a process's cost: a command to run it with, and what to ask at its end. */
export interface CostMeter {
  wrap(command: readonly string[]): readonly string[];
  /** Called when the process has started. */
  watch(pid: number): void;
  /** Called when it has ended. */
  read(): ProcessCost;
}

const GNU_TIME = '/usr/bin/time';
const SAMPLE_EVERY_MS = 20;
/** Of /proc/PID/stat (USER_HZ), the same on every Linux. */
const TICKS_PER_SECOND = 100;
const KIB = 1024 / 1_000_000;

/** How the figures are taken on this machine, in words. */
export function meterName(): string {
  return existsSync(GNU_TIME)
    ? 'GNU time (wait4)'
    : `/proc, sampled every ${SAMPLE_EVERY_MS} ms: the last ${SAMPLE_EVERY_MS} ms of a process are missing`;
}

/** A meter for one process. GNU time tells exactly; /proc, without it, up to the last sample. */
export function createMeter(scratchFile: string): CostMeter {
  return existsSync(GNU_TIME) ? gnuTime(scratchFile) : procSampler();
}

function gnuTime(scratchFile: string): CostMeter {
  return {
    wrap: (command) => [GNU_TIME, '-f', '%U %S %M', '-o', scratchFile, ...command],
    watch: () => undefined,
    read: () => {
      const lines = readFileSync(scratchFile, 'utf8').trim().split('\n');
      const [user = NaN, system = NaN, kib = NaN] = (lines.at(-1) ?? '').split(' ').map(Number);
      return {cpuSeconds: user + system, peakMemoryMb: kib * KIB};
    },
  };
}

/** Sees what /proc says of a process while it lives. */
export function procSampler(): CostMeter {
  let last: ProcessCost = {cpuSeconds: NaN, peakMemoryMb: NaN};
  let timer: NodeJS.Timeout | undefined;
  return {
    wrap: (command) => command,
    watch: (pid) => {
      timer = setInterval(() => (last = sample(pid) ?? last), SAMPLE_EVERY_MS);
    },
    read: () => {
      clearInterval(timer);
      return last;
    },
  };
}

/** Undefined once the process has gone. */
function sample(pid: number): ProcessCost | undefined {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return peak === undefined
      ? undefined
      : {
          cpuSeconds: ((user ?? NaN) + (system ?? NaN)) / TICKS_PER_SECOND,
          peakMemoryMb: Number(peak) * KIB,
        };
  } catch {
    return undefined;
  }
}
