import {readFileSync} from 'node:fs';

import {Failure} from '../errors';
import {Scanner} from '../json/scanner';
import {JsonFault} from '../json/tokens';

/**
 * Reads a JSON file, whatever its name ends in: PyAirbyte's end in `.txt`.
 * @param what names the file for a person: `settings`
 * @throws Failure that says why and where, and nothing of what the file holds: that may be a secret
 */
export function readJson(path: string, what: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? ': there is no such file' : '';
    throw new Failure('input', `The ${what} file ${path} cannot be read${why} (${code}).`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Failure('input', `The ${what} file ${path} is not JSON: ${placeOfFault(text)}.`);
  }
}

/** Where a text stops being JSON: V8 tells it of some faults only, and quotes what stands there. */
function placeOfFault(text: string): string {
  if (text.trim() === '') {
    return 'it is empty';
  }
  const scanner = new Scanner(Buffer.from(text));
  try {
    scanner.value();
    scanner.end();
  } catch (error) {
    if (error instanceof JsonFault) {
      const lines = Buffer.from(text).toString('utf8', 0, error.at).split('\n');
      return `look at line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
    }
  }
  return 'it ends too early';
}
