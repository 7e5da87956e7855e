// Builds every program of this repository into dist/, one file each, with source maps.
// One file starts faster than some hundred modules do, and it is all that the image needs.
import {build} from 'esbuild';
import {existsSync} from 'node:fs';

const programs = {
  main: 'src/index.ts',
  sandbox: 'sandbox/index.ts',
  demo: 'demo/index.ts',
  report: 'demo/report.ts',
  bench: 'benchmark/index.ts',
};
const only = process.argv.slice(2);

await build({
  entryPoints: Object.fromEntries(
    Object.entries(programs).filter(
      ([name, path]) => existsSync(path) && (only.length === 0 || only.includes(name)),
    ),
  ),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  sourcesContent: true,
  alias: {'form-data': './scripts/no-form-data.cjs'},
  logLevel: 'warning',
});
