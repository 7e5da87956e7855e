import {parseArgs} from 'node:util';
import {CHOICES, flagOf, NUMBERS, type Wishes, wordOf} from './wishes';

/** An option that cannot be used; the message is for the person who typed it. */
export class BadOption extends Error {}

/**
 * Reads the command line; undefined if it asks for help.
 * @throws BadOption naming the option and what it takes.
 */
export function parseCommandLine(argv: string[]): Wishes | undefined {
  const given = readOptions(argv);
  if (given['help'] === true) return undefined;
  const numbers = Object.entries(NUMBERS).map(([name, {least, most, usual}]) => {
    const flag = flagOf(name);
    const text = given[flag];
    return [name, text === undefined ? usual : wholeNumber(flag, String(text), least, most)];
  });
  const words = Object.entries(CHOICES).map(([name, {choices}]) => {
    const flag = flagOf(name);
    return [name, oneOf(flag, given[flag] ?? wordOf(choices[0]), choices)];
  });
  return Object.fromEntries([...numbers, ...words]) as Wishes;
}

/** What `--help` prints. */
export function helpText(): string {
  const numbers = Object.entries(NUMBERS).map(([name, {usual, most, help}]) => {
    const isWithoutLimit = usual === most;
    return helpLine(`${flagOf(name)} N`, `${help} (default ${isWithoutLimit ? 'none' : usual})`);
  });
  const words = Object.entries(CHOICES).map(([name, {choices, help}]) =>
    [helpLine(`${flagOf(name)} WORD`, help), ...wrapped(choices.map(wordOf))].join('\n'),
  );
  return `A Confluence Cloud audit log on this machine: try the connector without a site.

Usage: npm run sandbox -- [options]

${[...numbers, ...words, helpLine('help', 'this text')].join('\n')}

Of words the first is the default: without options the server is honest. sandbox/README.md has examples.
`;
}

const HELP_COLUMN = 27;
const HELP_WIDTH = 100;

function helpLine(option: string, help: string): string {
  return `  --${option}`.padEnd(HELP_COLUMN) + help;
}

/** The words, with commas, in lines under the help. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ''}, ${word}`;
    if (lines.length > 0 && longer.length <= HELP_WIDTH) lines[lines.length - 1] = longer;
    else lines.push(' '.repeat(HELP_COLUMN) + word);
  }
  return lines.map((line, n) => (n < lines.length - 1 ? `${line},` : line));
}

function readOptions(argv: string[]): Record<string, string | boolean | undefined> {
  const names = [...Object.keys(NUMBERS), ...Object.keys(CHOICES)].map(flagOf);
  const options = Object.fromEntries(names.map((name) => [name, {type: 'string' as const}]));
  try {
    return parseArgs({args: argv, options: {...options, help: {type: 'boolean'}}}).values;
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && value >= least && value <= most) return value;
  throw new BadOption(`--${flag} must be a whole number from ${least} to ${most}, not '${text}'`);
}

function oneOf(flag: string, text: string | boolean, choices: readonly string[]): string {
  const found = choices.find((choice) => wordOf(choice) === text || choice === text);
  if (found !== undefined) return found;
  throw new BadOption(`--${flag} must be one of ${choices.map(wordOf).join(', ')}`);
}
