import {createRequire} from 'node:module';
import {inRepository} from '../repository';

/** The script and the style of the page, each as one text without imports. */
export interface PageAssets {
  script: string;
  style: string;
}

/**
 * Bundles the page's script and its style. This happens when a report is made: esbuild is a tool of
 * this repository that no bundle can hold.
 * @throws Error when esbuild is not installed
 */
export function loadPageAssets(): PageAssets {
  const requireHere = createRequire(inRepository('package.json'));
  const esbuild = requireHere('esbuild') as typeof import('esbuild');
  const {outputFiles} = esbuild.buildSync({
    entryPoints: ['page.js', 'page.css'].map((name) => inRepository(`demo/report/page/${name}`)),
    absWorkingDir: inRepository(''),
    outdir: 'page',
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    write: false,
    logLevel: 'silent',
  });
  const textOf = (ending: string): string =>
    (outputFiles.find(({path}) => path.endsWith(ending))?.text ?? '').trim();
  return {script: textOf('.js'), style: textOf('.css')};
}
