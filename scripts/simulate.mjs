// Bundles the simulator of test/simulation and runs it on every core: `node scripts/simulate.mjs
// chains --syncs 100000`, `… lies`, `… pairs`, `… small-worlds`. Prints what was counted.
import {build} from 'esbuild';
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Bundles a program of test/, with the source of the connector that it uses, to one file. */
export async function bundle(entry, outfile) {
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    sourcemap: 'inline',
  });
}

/** Runs one process of the simulator. @returns what it counted, and whether all promises were kept */
function runSimulator(file, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = out.trimEnd().split('\n');
      const last = lines.pop();
      resolve({
        code,
        text: lines.join('\n'),
        counts: code === 0 || code === 1 ? JSON.parse(last) : {},
      });
    });
  });
}

async function main(args) {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  try {
    const file = join(folder, 'simulator.js');
    await bundle('test/simulation/main.ts', file);
    const startedMs = Date.now();
    const processes = availableParallelism();
    const results = await Promise.all(
      Array.from({length: processes}, (_, n) =>
        runSimulator(file, [...args, '--share', `${n}/${processes}`]),
      ),
    );
    const total = {};
    for (const {text, counts} of results) {
      if (text) console.log(text);
      for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
    }
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    for (const [name, count] of Object.entries(total)) console.log(`${count} ${name}`);
    console.log(`in ${seconds} s, ${processes} processes: ${args.join(' ')}`);
    return results.every(({code}) => code === 0) ? 0 : 1;
  } finally {
    rmSync(folder, {recursive: true});
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exit(await main(process.argv.slice(2)));
}
