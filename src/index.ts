import {version} from '../package.json';
import {parseCommandLine, UsageError} from './airbyte/command-line';
import {Log} from './airbyte/log';
import {Output} from './airbyte/output';
import {Runner} from './airbyte/runner';
import {systemClock} from './clock';
import {ConfluenceAuditLogsSource} from './source';

const STDOUT = 1;
/** Lines of about two pages: one is written while the next is made. */
const MOST_QUEUED_BYTES = 1_500_000;
/**
 * Rubbish is collected while it is little, so memory is flat: what is young, in 1 MB, which one thread
 * does soonest; what is old, at twice what was left the last time or 8 MB more, and not at four times.
 */
const FLAGS = [
  '--semi-space-growth-factor=1',
  '--no-parallel-scavenge',
  '--heap-growing-percent=100',
];
/** With the time that Node takes to end, less than a second. */
const MOST_TO_FINISH_MS = 700;

/** Loaded when needed: `spec` is to start about as fast as Node does. */
const load = {
  v8: (): typeof import('node:v8') => require('node:v8'),
  runInChild: (): typeof import('./run-in-child') => require('./run-in-child'),
  httpClient: (): typeof import('./http/client') => require('./http/client'),
};

/** The command line: `spec`, `check`, `discover` and `read`. Exits when its output is written. */
export async function mainCommand(argv: readonly string[]): Promise<void> {
  try {
    const command = parseCommandLine(argv.slice(2), version);
    if ('text' in command) {
      process.stdout.write(command.text);
    } else if (process.pid === 1 || process.env['NODE_DEBUG'] !== undefined) {
      load.runInChild().runInChild(argv);
    } else {
      await run(command.name, command.files);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    process.stderr.write(`error: ${error.message}\nbin/main --help tells what there is.\n`);
    process.exitCode = 1;
  }
}

async function run(...command: Parameters<Runner['run']>): Promise<void> {
  hideFetch();
  if (command[0] === 'read') {
    // A flag for `node` itself needs `env -S`.
    FLAGS.forEach((flag) => load.v8().setFlagsFromString(flag));
  }
  const output = new Output(STDOUT, MOST_QUEUED_BYTES, () => process.exit(1));
  const log = new Log(output, process.env['LOG_LEVEL']);
  const source = new ConfluenceAuditLogsSource({
    output,
    log,
    clock: systemClock,
    createHttpClient: () => load.httpClient().createHttpClient(),
  });
  const runner = new Runner(source, output, log);
  process.on('uncaughtException', (error) => void runner.fail(error).then(exit));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void dieBy(signal, output));
  }
  await runner.run(...command);
  exit();
}

/**
 * axios looks at these when it is loaded, and Node then loads its own `fetch`, which nobody uses here
 * and which takes a tenth of a short sync.
 */
function hideFetch(): void {
  for (const name of ['FormData', 'Request', 'Response']) {
    Object.defineProperty(globalThis, name, {value: undefined, configurable: true});
  }
}

/** Does not wait for connections that are kept open or for requests that nobody needs any more. */
function exit(): void {
  process.exit(process.exitCode ?? 0);
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
