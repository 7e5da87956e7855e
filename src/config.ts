import spec from '../resources/spec.json';
import {formatTime, parseInstant} from './clock';
import {Failure} from './errors';
import {cutUnseen, nearestTo, oneLine} from './words';

const HOSTS = ['https://api.atlassian.com', 'https://api.atlassian-us-gov-mod.com'];
const LOOPBACK = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;
/** Of a cloud id. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SITE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(atlassian|atlassian-us-gov-mod)\.net$/;

/** Where the tenant is: its cloud id, or the host name of a site whose cloud id is to be looked up. */
export type Tenant =
  | {readonly cloudId: string; readonly site?: undefined}
  | {readonly site: string; readonly cloudId?: undefined};

/** The settings, checked and translated. */
export interface Config {
  readonly email: string;
  readonly apiToken: string;
  readonly tenant: Tenant;
  /** Epoch ms of the first record to fetch; undefined: no past record is fetched. */
  readonly backfillStartMs: number | undefined;
  readonly lookbackMs: number;
  /** The gateway's origin, without a slash at its end. */
  readonly apiUrl: string;
  /** The gateway is on this machine, and the tenant look-up goes there too. */
  readonly isLoopback: boolean;
  /** What is odd about the settings, and no failure: one sentence each. */
  readonly warnings: readonly string[];
}

/** The keywords of JSON Schema that the specification uses. */
type Rule = {type: string; default?: string | number} & {
  [keyword in 'minLength' | 'maxLength' | 'minimum' | 'maximum']?: number;
} & {[keyword in 'pattern' | 'pattern_descriptor']?: string};

const RULES: Readonly<Record<string, Rule>> = spec.connectionSpecification.properties;
const KEYS = Object.keys(RULES);

/**
 * Settings as Airbyte hands them over -> Config, by resources/spec.json. What cannot be seen around a value
 * is cut off, a blank optional value counts as absent, unknown keys become warnings.
 * @param nowMs the local clock: no backfill may start after it
 * @throws Failure `Config validation error: …` that names each setting that is wrong, and never its value
 */
export function parseConfig(input: unknown, nowMs: number): Config {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Failure('input', 'Config validation error: the settings are not a JSON object');
  }
  const problems: string[] = [];
  const read = <T>(key: string, parse: (value: string) => T): T | undefined => {
    try {
      const value = readValue(key, input as Readonly<Record<string, unknown>>);
      return value === undefined ? undefined : parse(String(value));
    } catch (error) {
      problems.push(`\`${key}\` ${(error as Error).message}`);
      return undefined;
    }
  };
  const config = {
    email: read('email', String),
    tenant: read('cloud_id', parseTenant),
    backfillStartMs: read('backfill_start_time', (text) => parseStart(text, nowMs)),
    apiToken: read('api_token', parseToken),
    lookbackMs: read('lookback_minutes', (minutes) => Number(minutes) * 60_000),
    apiUrl: read('api_url', parseApiUrl),
  };
  const warnings = Object.keys(input)
    .filter((key) => !KEYS.includes(key))
    .map(describeUnknown);
  if (problems.length > 0) {
    const message = `Config validation error: ${problems.join('; ')}`;
    throw new Failure('input', [message, ...warnings].join('. '));
  }
  const isLoopback = !HOSTS.includes(config.apiUrl!);
  return {...(config as Config), isLoopback, warnings};
}

/** A value as the specification has it; its default, or undefined, if it may be absent and is. */
function readValue(
  key: string,
  given: Readonly<Record<string, unknown>>,
): string | number | undefined {
  const rule = RULES[key]!;
  const value = (typeof given[key] === 'string' ? cutUnseen(given[key]) : given[key]) ?? '';
  if (value !== '') {
    refuse(value, rule);
    return value as string | number;
  }
  if (spec.connectionSpecification.required.includes(key)) {
    throw new Error('is required');
  }
  return rule.default;
}

/** @throws Error that says in what a value is not as its rule has it, and never what it is */
function refuse(value: unknown, rule: Rule): void {
  const {minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity} = rule;
  if (rule.type === 'integer') {
    if (!Number.isInteger(value) || Number(value) < minimum || Number(value) > maximum) {
      throw new Error(`must be an integer from ${minimum} to ${maximum}`);
    }
    return;
  }
  if (typeof value !== 'string') {
    throw new Error('must be a string');
  }
  const {length} = value;
  if (length < minLength || length > maxLength) {
    const bounds = `${minLength} to ${maxLength}`;
    throw new Error(`has ${length} characters and must have ${bounds}; was it copied as a whole?`);
  }
  const unseen = /[\p{Cf}\p{Cc}]/u.exec(value)?.[0].codePointAt(0)!.toString(16).toUpperCase();
  if (unseen !== undefined) {
    const name = `U+${unseen.padStart(4, '0')}`;
    throw new Error(`has an invisible character amid it (${name}): type it anew`);
  }
  if (!new RegExp(rule.pattern ?? '').test(value)) {
    throw new Error(`must look like ${rule.pattern_descriptor}`);
  }
}

function parseStart(text: string, nowMs: number): number {
  const startMs = parseInstant(text);
  if (startMs > nowMs) {
    const [start, now] = [startMs, nowMs].map(formatTime);
    throw new Error(
      `must not be yet to come: ${start} is after ${now}, the time by this machine's clock; is the year mistyped, or the clock wrong?`,
    );
  }
  return startMs;
}

function parseApiUrl(text: string): string {
  const {href, origin} = new URL(URL.canParse(text) ? text : 'about:blank');
  if (href !== `${origin}/` || !(HOSTS.includes(origin) || LOOPBACK.test(origin))) {
    throw new Error(`must be one of ${HOSTS.join(', ')}`);
  }
  return origin;
}

function parseTenant(text: string): Tenant {
  if (UUID.test(text)) {
    return {cloudId: text.toLowerCase()};
  }
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const site = URL.canParse(address) ? new URL(address).hostname : '';
  if (!SITE.test(site)) {
    throw new Error(
      'must be a UUID such as 11111111-2222-4333-8444-555555555555, or a site such as acme.atlassian.net',
    );
  }
  return {site};
}

function parseToken(text: string): string {
  if (/\s/.test(text)) {
    throw new Error('must not contain white space; was it cut or joined when it was copied?');
  }
  return text;
}

/** @param key that somebody wrote: it may be anything, of any length */
function describeUnknown(key: string): string {
  const nearest = nearestTo(key, KEYS);
  const hint = nearest === undefined ? '.' : `; did you mean \`${nearest}\`?`;
  return `The setting \`${oneLine(key, 40)}\` is not known and ignored${hint}`;
}
