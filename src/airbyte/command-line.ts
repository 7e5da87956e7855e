import {isUtf8} from 'node:buffer';
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

/** One of Airbyte's four commands, with the paths of its files by what they are. */
export interface Command {
  readonly name: keyof typeof FILES;
  readonly files: Readonly<Record<string, string>>;
}

/** Says what is wrong with a command line, and what may be meant. */
export class UsageError extends Error {}

/** The words after `main` -> a command, or a text for a person. @throws UsageError */
export function parseCommandLine(words: readonly string[], version: string): Command | string {
  const [word = '', ...args] = words;
  if (word === 'help' || words.includes('--help') || words.includes('-h')) {
    return HELP;
  }
  if (word === '--version') {
    return `${version}\n`;
  }
  if (!Object.hasOwn(FILES, word)) {
    const unknown = `unknown command '${word}'${hintAt(word, Object.keys(FILES), '')}`;
    throw new UsageError(word === '' ? 'a command is missing' : unknown);
  }
  const name = word as Command['name'];
  const files = parseFiles(args, FILES[name]);
  const missing = FILES[name].find((each) => each !== 'state' && !files[each]);
  if (missing !== undefined) {
    throw new UsageError(`'${name}' needs '--${missing} FILE'`);
  }
  return {name, files};
}

function hintAt(word: string, known: readonly string[], prefix: string): string {
  const nearest = nearestTo(word, known);
  return nearest === undefined ? '' : `. Did you mean '${prefix}${nearest}'?`;
}

function parseFiles(args: string[], names: readonly string[]): Record<string, string> {
  const options = Object.fromEntries(names.map((name) => [name, {type: 'string'} as const]));
  try {
    return {...parseArgs({args, options}).values} as Record<string, string>;
  } catch (error) {
    const message = (error as Error).message.replaceAll('\n', ' ');
    const [, unknown] = /^Unknown option '-*([^']*)'/.exec(message) ?? [];
    throw new UsageError(`${message}${unknown ? hintAt(unknown, names, '--') : ''}`);
  }
}

/**
 * Reads a JSON file, whatever its name ends in. @param what names the file for a person: `settings`
 * @throws Failure that says why and where, and nothing of what the file holds: that may be a secret
 */
export function readJson(path: string, what: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? ': there is no such file' : '';
    throw new Failure('input', `The ${what} file ${path} cannot be read${why} (${code}).`);
  }
  if (!isUtf8(bytes)) {
    throw new Failure('input', `The ${what} file ${path} is not UTF-8: save it as UTF-8.`);
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
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
