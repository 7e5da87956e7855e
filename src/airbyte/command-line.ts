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
  // Not strict: the mistakes are told by us, with what is meant.
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
  const name = COMMANDS.find((each) => each === word);
  if (name === undefined) {
    const hint = word === undefined ? '' : ` Did you mean '${nearestTo(word, COMMANDS)}'?`;
    throw new UsageError(
      word === undefined ? 'a command is missing' : `unknown command '${word}'.${hint}`,
    );
  }
  if (others.length > 0) {
    throw new UsageError(`'${name}' takes no argument '${others[0]}'`);
  }
  const taken: readonly string[] = TAKEN[name];
  for (const token of tokens) {
    if (token.kind === 'option' && !taken.includes(token.name)) {
      const hint = taken.length === 0 ? '' : ` Did you mean '--${nearestTo(token.name, taken)}'?`;
      throw new UsageError(`unknown option '${token.rawName}' of '${name}'.${hint}`);
    }
    if (token.kind === 'option' && (token.value === undefined || token.value === '')) {
      throw new UsageError(`option '${token.rawName} FILE' has no file`);
    }
  }
  const file = (option: 'config' | 'catalog'): string => {
    const path = values[option];
    if (typeof path !== 'string') {
      throw new UsageError(`'${name}' needs '--${option} FILE'`);
    }
    return path;
  };
  switch (name) {
    case 'spec':
      return {name};
    case 'read': {
      const state = typeof values.state === 'string' ? values.state : undefined;
      return {name, config: file('config'), catalog: file('catalog'), state};
    }
    default:
      return {name, config: file('config')};
  }
}
