import {parseArgs} from 'node:util';

import {nearestTo} from '../nearest';

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
const FILES = {
  spec: {needed: [], optional: []},
  check: {needed: ['config'], optional: []},
  discover: {needed: ['config'], optional: []},
  read: {needed: ['config', 'catalog'], optional: ['state']},
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
  const {needed, optional} = FILES[word];
  const files = parseFiles(args, [...needed, ...optional]);
  for (const name of needed) {
    if (!files[name]) {
      throw new UsageError(`'${word}' needs '--${name} FILE'`);
    }
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
