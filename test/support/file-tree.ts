import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';

import {ROOT} from './page-text';

/** The files of the working tree that are tracked or could be: without what .gitignore names. */
export function filesOfTree(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {cwd: ROOT});
  const files = listed.toString('utf8').split('\0').filter(Boolean);
  return files.filter((file) => existsSync(join(ROOT, file))).sort();
}
