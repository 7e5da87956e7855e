// Builds every program of this repository into dist/, one file each, with source maps.
// One file starts faster than some hundred modules do, and it is all that the image needs.
import {build} from 'esbuild';
import {existsSync} from 'node:fs';

import {BUNDLE, MAIN_BUNDLE} from './bundle.mjs';

const programs = {
  main: 'src/index.ts',
  sandbox: 'sandbox/index.ts',
  demo: 'demo/index.ts',
  report: 'demo/report.ts',
  bench: 'benchmark/index.ts',
};
const only = process.argv.slice(2);

const chosen = Object.entries(programs).filter(
  ([name, path]) => existsSync(path) && (only.length === 0 || only.includes(name)),
);

await Promise.all(
  chosen.map(([name, path]) =>
    build({
      ...(name === 'main' ? MAIN_BUNDLE : BUNDLE),
      entryPoints: {[name]: path},
      sourcemap: true,
      sourcesContent: true,
    }),
  ),
);
if (chosen.some(([name]) => name === 'main')) {
  await import('./compile.mjs');
}
