import {readFileSync} from 'node:fs';
import {parseArgs} from 'node:util';

import {Failure} from '../errors';
import {Outline} from '../json/outline';
import {JsonFault} from '../json/tokens';
import {nearestTo} from '../words';

const HELP = `Usage: main <command> [options]

Airbyte source for the Confluence Cloud audit log.

  main spec                               prints the specification of the settings
  main check    --config FILE             tells whether the settings give access to the audit log
  main discover --config FILE             prints the catalog of streams
  main read     --config FILE --catalog FILE [--state FILE]
                                          reads the streams that a configured catalog names
  main --version, main --help

The settings, the configured catalog and the state to go on from are files of JSON. Messages of the
Airbyte protocol go to stdout, one a line. LOG_LEVEL (FATAL, ERROR, WARN, INFO, DEBUG, TRACE) sets which
log messages are among them; HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are obeyed.
`;
/** All but the state are needed. */
const FILES = {
  spec: [],
  check: ['config'],
  discover: ['config'],
  read: ['config', 'catalog', 'state'],
} as const;
type CommandName = keyof typeof FILES;

/** What the command line asks for: a command with its files, or a text for a person. */
export type Command =
  | {readonly name: CommandName; readonly files: Readonly<Record<string, string>>}
  | {readonly text: string};

/** The command line asks for nothing that there is. */
export class UsageError extends Error {}

/**
 * The words after `main` -> what to do.
 * @throws UsageError that says what is wrong, and what may be meant
 */
export function parseCommandLine(words: readonly string[], version: string): Command {
  const [word = '', ...args] = words;
  if (word === 'help' || words.some((each) => each === '--help' || each === '-h')) {
    return {text: HELP};
  }
  if (word === '--version') {
    return {text: `${version}\n`};
  }
  if (!isCommand(word)) {
    const hint = `unknown command '${word}'. Did you mean '${nearestTo(word, Object.keys(FILES))}'?`;
    throw new UsageError(word === '' ? 'a command is missing' : hint);
  }
  const files = parseFiles(args, FILES[word]);
  const missing = FILES[word].find((name) => name !== 'state' && !files[name]);
  if (missing !== undefined) {
    throw new UsageError(`'${word}' needs '--${missing} FILE'`);
  }
  return {name: word, files};
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(FILES, word);
}

function parseFiles(args: string[], names: readonly string[]): Record<string, string> {
  const options = Object.fromEntries(names.map((name) => [name, {type: 'string'} as const]));
  try {
    return {...parseArgs({args, options}).values} as Record<string, string>;
  } catch (error) {
    const message = (error as Error).message.replaceAll('\n', ' ');
    const [, unknown] = /^Unknown option '-*([^']*)'/.exec(message) ?? [];
    const hint = unknown && names[0] ? `. Did you mean '--${nearestTo(unknown, names)}'?` : '';
    throw new UsageError(`${message}${hint}`);
  }
}

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
  const bytes = Buffer.from(text);
  try {
    // It mends what it reads.
    new Outline().read(Buffer.from(bytes));
  } catch (error) {
    if (error instanceof JsonFault && error.at < bytes.length) {
      const lines = bytes.toString('utf8', 0, error.at).split('\n');
      return `look at line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
    }
  }
  return text.trim() === '' ? 'it is empty' : 'it ends too early';
}
