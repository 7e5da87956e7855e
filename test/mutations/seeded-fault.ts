import {execFile} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {build, type Plugin} from 'esbuild';

const ROOT = join(__dirname, '..', '..');
/** What a copy of the repository needs so that its tests run. */
const COPIED = [
  'src',
  'bin',
  'resources',
  'sandbox',
  'scripts',
  'test',
  'test_files',
  'package.json',
  'jest.config.cjs',
];
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** A fault on purpose: in `file` the only place that reads `find` reads `put` instead. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** What notices a fault: the simulator with these arguments, or the tests of a file whose names match. */
export type Catcher =
  | {readonly simulator: string}
  | {readonly test: string; readonly named?: string};

export interface SeededFault {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly caughtBy: Catcher;
}

/** Whether the catcher finds nothing wrong with the source as it is, or with a fault in it. */
export function isContent(catcher: Catcher, patches: readonly Patch[]): Promise<boolean> {
  return 'simulator' in catcher
    ? isSimulatorContent(catcher.simulator, patches)
    : isTestContent(catcher.test, catcher.named, patches);
}

async function isSimulatorContent(args: string, patches: readonly Patch[]): Promise<boolean> {
  return inFolder(async (folder) => {
    const outfile = join(folder, 'simulator.js');
    await build({
      entryPoints: [join(ROOT, 'test/simulation/main.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
      plugins: [patching(patches)],
    });
    return succeeds(process.execPath, [outfile, ...args.split(' '), '--show', '0', '--stop'], ROOT);
  });
}

/** Runs the test in a copy of the repository, built anew. */
async function isTestContent(
  test: string,
  named: string | undefined,
  patches: readonly Patch[],
): Promise<boolean> {
  return inFolder(async (folder) => {
    COPIED.forEach((name) => cpSync(join(ROOT, name), join(folder, name), {recursive: true}));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    patches.forEach((patch) => writeFileSync(join(folder, patch.file), patched(patch)));
    await succeeds(process.execPath, ['scripts/build.mjs', 'main'], folder);
    const jest = join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
    const only = named === undefined ? [] : ['-t', named];
    return succeeds(process.execPath, [jest, test, '-i', '--rootDir', folder, ...only], folder);
  });
}

function patching(patches: readonly Patch[]): Plugin {
  return {
    name: 'patching',
    setup: (esbuild) => {
      for (const patch of patches) {
        const path = join(ROOT, patch.file).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
        esbuild.onLoad({filter: new RegExp(`^${path}$`)}, () => ({
          contents: patched(patch),
          loader: 'ts',
        }));
      }
    },
  };
}

/** @throws Error if the place is not there any more, or not the only one */
function patched({file, find, put}: Patch): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) {
    throw new Error(`${places} places in ${file} read: ${find}`);
  }
  return text.replace(find, () => put);
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'seeded-fault-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

function succeeds(command: string, args: readonly string[], cwd: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, args, {cwd, maxBuffer: MOST_OUTPUT_BYTES}, (error) => resolve(!error));
  });
}
