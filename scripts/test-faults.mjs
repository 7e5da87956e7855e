// Puts every fault of test/mutations/faults into a copy of the source, one at a time, and looks whether
// what is to notice it does: `npm run test:faults`, with words to choose faults by their names,
// or with `--table` to write the table of docs/how-it-is-tested.md.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {bundle} from './simulate.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'faults-'));
try {
  const outfile = join(folder, 'faults.js');
  await bundle('test/mutations/main.ts', outfile);
  const {status} = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, {recursive: true});
}
