import {version} from '../package.json';
import {Log} from './airbyte/log';
import {Output} from './airbyte/output';
import {Runner} from './airbyte/runner';
import {systemClock} from './clock';
import {ConfluenceAuditLogsSource} from './source';

const STDOUT = 1;
/** Lines of about two pages: one is written while the next is made. */
const MOST_QUEUED_BYTES = 1_500_000;

/** The command line: `spec`, `check`, `discover` and `read`. Exits when its output is written. */
export async function mainCommand(argv: string[]): Promise<void> {
  const output = new Output(STDOUT, MOST_QUEUED_BYTES);
  const log = new Log(output, process.env['LOG_LEVEL']);
  const source = new ConfluenceAuditLogsSource(output, log, systemClock);
  const runner = new Runner(source, output, log, version);
  process.on('uncaughtException', (error) => void runner.crash(error).then(exit));
  process.once('SIGTERM', dieBySignal);
  await runner.mainCommand().parseAsync(argv);
  exit();
}

/** Does not wait for connections that are kept open or for requests that nobody needs any more. */
function exit(): void {
  process.exit(process.exitCode ?? 0);
}

/** As process 1 of a container a process ignores signals it does not handle, even from itself. */
function dieBySignal(): void {
  process.kill(process.pid, 'SIGTERM');
  setImmediate(() => process.exit(143));
}
