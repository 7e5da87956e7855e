import {spawnSync} from 'node:child_process';
import {copyFileSync, lstatSync, mkdirSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

import {ROOT} from './page-text';
import {filesOfTree} from './file-tree';

const MINUTE = 60_000;

/**
 * A fresh clone, as far as that can be told apart from the working tree: nothing is installed or built.
 * Links stay out: what is installed in the copy must not go where one of them leads.
 */
export function copyOfTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'readme-'));
  for (const file of filesOfTree().filter((each) => lstatSync(join(ROOT, each)).isFile())) {
    mkdirSync(dirname(join(copy, file)), {recursive: true});
    copyFileSync(join(ROOT, file), join(copy, file));
  }
  spawnSync('git', ['init', '--quiet'], {cwd: copy});
  return copy;
}

/** What a command left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line of shell in a folder, as a person would who has just opened a terminal there. */
export function runIn(folder: string, command: string): Outcome {
  const {status, stdout, stderr} = spawnSync(command, {
    cwd: folder,
    shell: true,
    encoding: 'utf8',
    timeout: 5 * MINUTE,
    maxBuffer: 256 * 1024 * 1024,
    env: shellEnvironment(),
  });
  return {status, stdout, stderr};
}

/** The environment without what npm and jest put into it for this test. */
export function shellEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(npm_|JEST_|NODE_ENV$|NODE_OPTIONS$|NODE_V8_COVERAGE$|CONNECTOR_COVERAGE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** Whether an installation failed because no registry could be reached. */
export function isOffline({status, stderr}: Outcome): boolean {
  return (
    status !== 0 &&
    /npm error (network|code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED))/.test(
      stderr,
    )
  );
}
