import {spawnSync} from 'node:child_process';
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';

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

/** A terminal in which `npm ci` takes what it installs from this tree. */
export interface LinkingTerminal {
  readonly env: NodeJS.ProcessEnv;
  /** The words of each `npm ci` so far. */
  readonly installations: () => string[];
}

/**
 * What is installed here was installed by the same command from the same lockfile, so links to its packages
 * stand for another installation, which would take as long as many tests. All else of npm is its own.
 * @param folder an empty one, for the program that does so
 */
export function openLinkingTerminal(folder: string): LinkingTerminal {
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  const {stdout: npm} = spawnSync('command -v npm', {shell: true, encoding: 'utf8'});
  const lines = [
    '#!/bin/sh -e',
    `[ "$1" = ci ] || exec '${npm.trim()}' "$@"`,
    `echo "$@" >>'${calls}'`,
    'rm -rf node_modules',
    'mkdir node_modules',
    `ln -s '${ROOT}'/node_modules/* '${ROOT}'/node_modules/.bin node_modules`,
    '# What says when it was installed is its own.',
    `cp '${ROOT}'/node_modules/.package-lock.json node_modules`,
  ];
  writeFileSync(join(folder, 'npm'), `${lines.join('\n')}\n`, {mode: 0o755});
  const env = shellEnvironment();
  return {
    env: {...env, PATH: `${folder}${delimiter}${env['PATH']}`},
    installations: () => readFileSync(calls, 'utf8').split('\n').slice(0, -1),
  };
}

/** What a command left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line of shell in a folder, as a person would who has just opened a terminal there. */
export function runIn(folder: string, command: string, env: NodeJS.ProcessEnv): Outcome {
  const {status, stdout, stderr} = spawnSync(command, {
    cwd: folder,
    shell: true,
    encoding: 'utf8',
    timeout: 5 * MINUTE,
    maxBuffer: 256 * 1024 * 1024,
    env,
  });
  return {status, stdout, stderr};
}

/** The environment without what npm and jest put into it for this test. */
function shellEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(npm_|JEST_|NODE_ENV$|NODE_OPTIONS$|NODE_V8_COVERAGE$|CONNECTOR_COVERAGE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
