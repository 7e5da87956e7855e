import spec from '../resources/spec.json';
import {nearestTo} from './nearest';
import {cutUnseen, unseenIn} from './unseen';

/** What the specification says of a setting: the keywords of JSON Schema that it uses. */
interface Rule {
  readonly type: string;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly pattern_descriptor?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Settings held against the specification. */
export interface Specified {
  /** The known ones, without what cannot be seen around a value, and defaults for those that are absent or blank. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** In what each of those is wrong that is: never with its value, which may be a secret. */
  readonly problems: Map<string, string>;
  /** One sentence for each key that is not known. */
  readonly warnings: readonly string[];
}

const RULES: Readonly<Record<string, Rule>> = spec.connectionSpecification.properties;
const KEYS = Object.keys(RULES);
const REQUIRED: readonly string[] = spec.connectionSpecification.required;
const LONGEST_KEY_TOLD = 40;

/** Holds settings against resources/spec.json. */
export function holdAgainstSpecification(input: Readonly<Record<string, unknown>>): Specified {
  const unknown = Object.keys(input).filter((key) => !KEYS.includes(key));
  const entries = KEYS.map((key): [string, unknown] => {
    const value = input[key];
    const clear = typeof value === 'string' ? cutUnseen(value) : value;
    return [
      key,
      clear === '' || clear === null ? RULES[key]!.default : (clear ?? RULES[key]!.default),
    ];
  });
  const problems = new Map<string, string>();
  for (const [key, value] of entries) {
    const problem = value === undefined ? missing(key, unknown) : problemOf(RULES[key]!, value);
    if (problem !== undefined) {
      problems.set(key, problem);
    }
  }
  const warnings = unknown.map(
    (key) =>
      `The setting ${told(key)} is not known and ignored; did you mean \`${nearestTo(key, KEYS)}\`?`,
  );
  return {settings: Object.fromEntries(entries), problems, warnings};
}

function missing(key: string, unknown: readonly string[]): string | undefined {
  const meant = unknown.filter((other) => nearestTo(other, KEYS) === key).map(told);
  const hint = meant.length > 0 ? ` (${meant.join(', ')} is not known: is it meant?)` : '';
  return REQUIRED.includes(key) ? `is required${hint}` : undefined;
}

function problemOf(rule: Rule, value: unknown): string | undefined {
  const {minLength = 0, maxLength = Infinity, pattern = '', minimum, maximum} = rule;
  if (rule.type === 'integer') {
    const number = typeof value === 'number' && Number.isInteger(value) ? value : NaN;
    const isInRange = number >= minimum! && number <= maximum!;
    return isInRange ? undefined : `must be an integer from ${minimum} to ${maximum}`;
  }
  if (typeof value !== 'string') {
    return 'must be a string';
  }
  if (value.length < minLength || value.length > maxLength) {
    return `has ${value.length} characters and must have ${minLength} to ${maxLength}; was it cut, or pasted with something else?`;
  }
  const unseen = unseenIn(value);
  if (unseen !== undefined) {
    return `has an invisible character amid it (${unseen}): type it anew, or copy it from elsewhere`;
  }
  return new RegExp(pattern).test(value) ? undefined : `must look like ${rule.pattern_descriptor}`;
}

/** A key that somebody wrote: it may be anything, of any length. */
function told(key: string): string {
  return `\`${key.length > LONGEST_KEY_TOLD ? `${key.slice(0, LONGEST_KEY_TOLD)}…` : key}\``;
}
