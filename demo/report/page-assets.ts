import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';

/** The script and the style of the page, each as one text without imports. */
export interface PageAssets {
  script: string;
  style: string;
}

/**
 * Bundles the page's script, with Chart.js in it, and its style. This
 * happens when a report is made: esbuild is a tool of this repository that no bundle can hold.
 * @throws Error when esbuild or Chart.js is not installed
 */
export function loadPageAssets(): PageAssets {
  const root = findRepository(__dirname);
  const esbuild = createRequire(join(root, 'package.json'))('esbuild') as typeof import('esbuild');
  const {outputFiles} = esbuild.buildSync({
    entryPoints: ['page.js', 'page.css'].map((name) => join(root, 'demo/report/page', name)),
    absWorkingDir: root,
    outdir: 'page',
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'inline', // Chart.js asks for its licence line to stay
    write: false,
    logLevel: 'silent',
  });
  const textOf = (ending: string): string =>
    (outputFiles.find(({path}) => path.endsWith(ending))?.text ?? '').trim();
  return {script: textOf('.js'), style: textOf('.css')};
}

/** This code runs from demo/report/ in a test and from dist/ otherwise. */
function findRepository(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRepository(dirname(folder));
}
