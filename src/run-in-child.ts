import {spawn} from 'node:child_process';
import {constants} from 'node:os';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs the same command in a child, hands signals on to it, and ends as it does. That is for process 1 of
 * a container, which cannot die by a signal, nor end while a thread of it waits for a reader or for DNS;
 * and for NODE_DEBUG, which makes Node write credentials to stderr and is settled before any program starts.
 */
export function runInChild(argv: readonly string[]): void {
  const {NODE_DEBUG, ...env} = process.env;
  if (NODE_DEBUG !== undefined) {
    // Of a child Node writes the whole environment there, a proxy's password among it.
    process.stderr.write = () => true;
  }
  const args = [...process.execArgv, ...argv.slice(1)];
  const child = spawn(process.execPath, args, {stdio: 'inherit', env});
  const handOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  SIGNALS.forEach((signal) => process.on(signal, handOn));
  child.on('exit', (code, signal) => {
    SIGNALS.forEach((each) => process.off(each, handOn));
    if (signal) {
      process.kill(process.pid, signal);
    }
    // Process 1 is still there then.
    setImmediate(() => process.exit(code ?? 128 + constants.signals[signal!]));
  });
}
