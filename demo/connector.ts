import {spawn} from 'node:child_process';
import {createWriteStream} from 'node:fs';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';

/** A command of the connector that ended well. */
export interface Finished {
  readonly seconds: number;
}

const MAIN = join(__dirname, '..', 'bin', 'main');

/**
 * Runs bin/main as a child process, as Airbyte does, and keeps what it writes in a file.
 * @throws Error if it does not end well
 */
export async function runConnector(args: readonly string[], outFile: string): Promise<Finished> {
  const startedMs = performance.now();
  const child = spawn(MAIN, args, {stdio: ['ignore', 'pipe', 'inherit']});
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  await pipeline(child.stdout, createWriteStream(outFile));
  const code = await exited;
  if (code !== 0) {
    throw new Error(`bin/main ${args[0]} ended with exit code ${code}; see ${outFile}`);
  }
  return {seconds: (performance.now() - startedMs) / 1000};
}
