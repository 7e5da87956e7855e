// Bundles the simulator of test/simulation and runs it on every core. Prints what was counted.
import {build} from 'esbuild';
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const HELP = `Usage: node scripts/simulate.mjs WHAT [options]

Runs chains of syncs in simulated time, against a Confluence whose signs may lie, and looks for one that
breaks a promise. Exits with 1 if there is one.

  chains          random chains, with up to three lies each
  lies            random chains for each single lie
  pairs           random chains for each two lies
  small-worlds    every log of up to four records, with every lie and every two
  soak            chains, then small-worlds

  --syncs N       how many syncs, all in all (default 5000)
  --seed N        the first seed (default 1)
  --lies N        in chains: at most so many lies
  --of WORDS      in all but chains: only those in whose names this stands
  --caps N        pages hold at least so many rows, and logs grow with them (default 1)
  --without LIST  troubles that are left out, with commas between: faults, crashes, lag, slowness,
                  clocks, lies, caps, "moved starts", "late records", "early records"
  --show N        how many broken chains are simplified and shown (default 3)
  --strict        what is known to break counts as broken, too
  --stop          ends with the first that is broken

  -h, --help      shows this
`;

/** Whether each of the words is one that HELP names, or the value of one. */
function isUnderstood([what = 'chains', ...options]) {
  const isNamed = (word) => HELP.split('\n').some((line) => line.startsWith(`  ${word} `));
  return isNamed(what) && options.every((word) => !word.startsWith('-') || isNamed(word));
}

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
  if (args.includes('--help') || args.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  if (!isUnderstood(args)) {
    console.error(`This is not understood: ${args.join(' ')}\n\n${HELP}`);
    return 1;
  }
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
