import {build} from 'esbuild';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {MAIN_BUNDLE} from './bundle.mjs';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The packages that dist/main.js holds code of, by folder: each with the manifest that it was published with. */
export async function bundledPackages() {
  const {metafile} = await build({
    entryPoints: ['src/index.ts'],
    ...MAIN_BUNDLE,
    write: false,
    metafile: true,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = inputs.flatMap((input) => PACKAGE.exec(input)?.[1] ?? []);
  return [...new Set(folders)].sort().map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  }));
}
