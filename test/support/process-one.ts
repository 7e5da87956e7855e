import {type ChildProcess, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

const UNSHARE = ['unshare', '--fork', '--pid', '--kill-child'];

/** The words before a command that make it process 1 of a container, as it were; undefined where that may not be done. */
export function asProcessOne(): readonly string[] | undefined {
  const ways = [UNSHARE, [...UNSHARE, '--user', '--map-root-user']];
  return ways.find(([command, ...args]) => spawnSync(command!, [...args, 'true']).status === 0);
}

/** The id, here, of what runs as process 1 under `unshare`. */
export function processOneUnder({pid}: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
