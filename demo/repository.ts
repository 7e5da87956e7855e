import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';

/** A file of this repository. This code runs from demo/ in a test and from dist/ otherwise. */
export function inRepository(path: string): string {
  return join(findRepository(__dirname), path);
}

function findRepository(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRepository(dirname(folder));
}
