// Bundles a TypeScript program of test/ and runs it here: node scripts/run-program.mjs ENTRY [argument ...]
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {bundle} from './simulate.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [entry, ...args] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'program-'));
try {
  const outfile = join(folder, 'program.js');
  await bundle(entry, outfile);
  const {status} = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, {recursive: true});
}
