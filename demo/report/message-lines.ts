import {createReadStream} from 'node:fs';
import {asObject} from './json-object';
import type {JsonObject} from './json-object';

/**
 * The lines of a file, one at a time, so that memory stays flat whatever the file's size.
 * Rejects with the system's error when the file cannot be read; `readline` would crash instead.
 */
export async function* readLines(file: string): AsyncGenerator<string> {
  const chunks: AsyncIterable<string> = createReadStream(file, {
    encoding: 'utf8',
    highWaterMark: 1 << 18,
  });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = chunk.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      yield rest + line;
      rest = '';
    }
    rest += last;
  }
  if (rest !== '') {
    yield rest;
  }
}

/** One line as an Airbyte message, or undefined when it is not one. */
export function parseMessage(line: string): JsonObject | undefined {
  try {
    const message = asObject(JSON.parse(line.replace(/^\uFEFF/, '')));
    return typeof message?.['type'] === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
