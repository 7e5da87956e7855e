import {readFileSync} from 'node:fs';

import {Failure} from '../errors';

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

/** Where a text stops being JSON. V8 tells it of some faults only, so beginnings of the text are tried. */
function placeOfFault(text: string): string {
  if (text.trim() === '') {
    return 'it is empty';
  }
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (mayGoOn(text.slice(0, middle))) {
      good = middle;
    } else {
      bad = middle;
    }
  }
  if (good === text.length) {
    return 'it ends too early';
  }
  const lines = text.slice(0, good).split('\n');
  return `look at line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

/** Whether JSON may begin like this: all that is the matter with it is that it ends. */
function mayGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const {message} = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    return /end of JSON|Unterminated/.test(message) || Number(position ?? -1) >= text.length;
  }
}
