import {parseArgs} from 'node:util';

import {nearestTo} from '../nearest';

/** What the command line asks for. */
export type Command =
  | {readonly name: 'spec'}
  | {readonly name: 'check' | 'discover'; readonly config: string}
  | {
      readonly name: 'read';
      readonly config: string;
      readonly catalog: string;
      readonly state: string | undefined;
    }
  /** A text for a person, and no message. */
  | {readonly name: 'help'; readonly text: string};

/** The command line asks for nothing that there is. */
export class UsageError extends Error {}

const HELP = `Usage: main <command> [options]

Airbyte source for the Confluence Cloud audit log.

  main spec                               prints the specification of the settings
  main check    --config FILE             tells whether the settings give access to the audit log
  main discover --config FILE             prints the catalog of streams
  main read     --config FILE --catalog FILE [--state FILE]
                                          reads the streams that a configured catalog names

Options, each file being JSON:
  --config FILE     the settings
  --catalog FILE    the configured catalog
  --state FILE      the state to go on from; without it reading starts anew
  -h, --help        prints this help
  -V, --version     prints the version

Messages of the Airbyte protocol go to stdout, one a line. LOG_LEVEL (FATAL, ERROR, WARN, INFO, DEBUG,
TRACE) sets which log messages are among them; HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are obeyed.
`;

const OPTIONS = {
  config: {type: 'string'},
  catalog: {type: 'string'},
  state: {type: 'string'},
  help: {type: 'boolean', short: 'h'},
  version: {type: 'boolean', short: 'V'},
} as const;
const TAKEN = {
  spec: [],
  check: ['config'],
  discover: ['config'],
  read: ['config', 'catalog', 'state'],
} as const;
const COMMANDS = Object.keys(TAKEN) as (keyof typeof TAKEN)[];

/**
 * Node's arguments -> what to do.
 * @throws UsageError that says what is wrong
 */
export function parseCommandLine(argv: readonly string[], version: string): Command {
  // Not strict: mistakes are told by us, with what may be meant.
  const {values, positionals, tokens} = parseArgs({
    args: argv.slice(2),
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const [word, ...others] = positionals;
  if (values.help === true || word === 'help') {
    return {name: 'help', text: HELP};
  }
  if (values.version === true) {
    return {name: 'help', text: `${version}\n`};
  }
  const name = commandOf(word);
  const taken: readonly string[] = TAKEN[name];
  for (const token of tokens) {
    if (token.kind === 'option') {
      refuseOption(token, name, taken);
    }
  }
  if (others.length > 0) {
    throw new UsageError(`'${name}' takes no argument '${others[0]}'`);
  }
  const file = (option: 'config' | 'catalog' | 'state'): string | undefined => {
    const path = values[option];
    return typeof path === 'string' ? path : undefined;
  };
  const needed = (option: 'config' | 'catalog'): string => {
    const path = file(option);
    if (path === undefined) {
      throw new UsageError(`'${name}' needs '--${option} FILE'`);
    }
    return path;
  };
  switch (name) {
    case 'spec':
      return {name};
    case 'read':
      return {name, config: needed('config'), catalog: needed('catalog'), state: file('state')};
    default:
      return {name, config: needed('config')};
  }
}

function commandOf(word: string | undefined): keyof typeof TAKEN {
  if (word === undefined) {
    throw new UsageError('a command is missing');
  }
  const name = COMMANDS.find((each) => each === word);
  if (name === undefined) {
    throw new UsageError(`unknown command '${word}'. Did you mean '${nearestTo(word, COMMANDS)}'?`);
  }
  return name;
}

/** Refuses an option that the command does not take, and one without its file. */
function refuseOption(
  {name, rawName, value}: {name: string; rawName: string; value: string | undefined},
  command: string,
  taken: readonly string[],
): void {
  if (!taken.includes(name)) {
    const hint = taken.length === 0 ? '' : ` Did you mean '--${nearestTo(name, taken)}'?`;
    throw new UsageError(`unknown option '${rawName}' of '${command}'.${hint}`);
  }
  if (value === undefined || value === '') {
    throw new UsageError(`option '${rawName} FILE' has no file`);
  }
}
