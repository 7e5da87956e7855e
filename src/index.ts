import {constants} from 'node:os';

import {version} from '../package.json';
import {type Command, parseCommandLine, UsageError} from './airbyte/command-line';
import {Output} from './airbyte/output';
import {runCommand} from './airbyte/runner';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** With the time that Node takes to end, less than a second. */
const MOST_TO_FINISH_MS = 700;
/** Rubbish is collected while it is little, so memory is flat: young in 1 MB, by one thread; old at two and a half times what was left. */
const FLAGS = '--semi-space-growth-factor=1 --no-parallel-scavenge --heap-growing-percent=150';

/** The command line: `spec`, `check`, `discover` and `read`. Exits when its output is written. */
export async function mainCommand(argv: readonly string[]): Promise<void> {
  try {
    const command = parseCommandLine(argv.slice(2), version);
    if (typeof command === 'string') {
      process.stdout.on('error', () => process.exit(1)).write(command);
    } else if (process.pid === 1 || process.env['NODE_DEBUG'] !== undefined) {
      runInChild(argv);
    } else {
      await run(command);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    process.stderr.write(`error: ${error.message}\nbin/main --help tells what there is.\n`);
    process.exitCode = 1;
  }
}

async function run(command: Command): Promise<void> {
  hideFetch();
  if (command.name === 'read') {
    // Loaded only here: `spec` is to start about as fast as Node does. A flag for `node` itself needs `env -S`.
    FLAGS.split(' ').forEach(process.getBuiltinModule('node:v8').setFlagsFromString);
  }
  const output = new Output();
  SIGNALS.forEach((signal) => process.on(signal, () => void dieBy(signal, output)));
  await runCommand(command, output);
  // It does not wait for connections that are kept open or for requests that nobody needs any more.
  process.exit(process.exitCode ?? 0);
}

/** axios looks at these, and Node then loads its `fetch`: a tenth of a short sync, for nothing. */
function hideFetch(): void {
  for (const name of ['FormData', 'Request', 'Response']) {
    Object.defineProperty(globalThis, name, {value: undefined, configurable: true});
  }
}

/** Finishes the line that is being written, as far as somebody reads it. */
async function dieBy(signal: NodeJS.Signals, output: Output): Promise<void> {
  setTimeout(() => kill(signal), MOST_TO_FINISH_MS);
  await output.stop();
  kill(signal);
}

function kill(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/**
 * Runs the same command in a child and ends as it does: for process 1 of a container, which cannot die by a
 * signal, nor while a thread of it waits for a reader or for DNS; and without NODE_DEBUG, by which Node
 * would write credentials to stderr.
 */
function runInChild(argv: readonly string[]): void {
  const {NODE_DEBUG, ...env} = process.env;
  if (NODE_DEBUG !== undefined) {
    // Of a child Node writes the whole environment there, a proxy's password among it.
    process.stderr.write = () => true;
  }
  const args = [...process.execArgv, ...argv.slice(1)];
  const {spawn} = process.getBuiltinModule('node:child_process');
  const child = spawn(process.execPath, args, {stdio: 'inherit', env});
  SIGNALS.forEach((signal) => process.on(signal, () => child.kill(signal)));
  child.on('exit', (code, signal) => {
    if (signal) {
      kill(signal);
    }
    // Process 1 is still there then.
    setImmediate(() => process.exit(code ?? 128 + constants.signals[signal!]));
  });
}
