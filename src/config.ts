import spec from '../resources/spec.json';
import {parseInstant} from './clock';
import {Failure} from './errors';
import {cutUnseen, nearestTo, oneLine} from './words';

const HOSTS = ['https://api.atlassian.com', 'https://api.atlassian-us-gov-mod.com'];
const LOOPBACK = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;
/** Of a cloud id. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SITE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(atlassian\.net|atlassian-us-gov-mod\.net)$/;
const LONGEST_KEY_TOLD = 40;

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

/** What the specification says of a setting: the keywords of JSON Schema that it uses. */
interface Rule {
  readonly type: string;
  readonly default?: string | number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly pattern_descriptor?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

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
  const unknown = Object.keys(input).filter((key) => !KEYS.includes(key));
  const problems: string[] = [];
  const read = <T>(key: string, parse: (value: string) => T): T | undefined => {
    try {
      const value = readValue(key, input as Readonly<Record<string, unknown>>, unknown);
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
  if (problems.length > 0) {
    throw new Failure('input', `Config validation error: ${problems.join('; ')}`);
  }
  const isLoopback = !HOSTS.includes(config.apiUrl!);
  const warnings = unknown.map(
    (key) =>
      `The setting ${quoted(key)} is not known and ignored; did you mean \`${nearestTo(key, KEYS)}\`?`,
  );
  return {...(config as Config), isLoopback, warnings};
}

/**
 * A value as the specification has it; its default, or undefined, if it may be absent and is.
 * @throws Error that says in what it is not so, and never what it is
 */
function readValue(
  key: string,
  given: Readonly<Record<string, unknown>>,
  unknown: readonly string[],
): string | number | undefined {
  const {type, minLength = 0, maxLength = Infinity, pattern = '', ...rule} = RULES[key]!;
  const value = typeof given[key] === 'string' ? cutUnseen(given[key]) : given[key];
  if (value === undefined || value === null || value === '') {
    if (spec.connectionSpecification.required.includes(key)) {
      const meant = unknown.filter((other) => nearestTo(other, KEYS) === key).map(quoted);
      const hint = meant.length > 0 ? ` (${meant.join(', ')} is not known: is it meant?)` : '';
      throw new Error(`is required${hint}`);
    }
    return rule.default;
  }
  if (type === 'integer') {
    const {minimum, maximum} = rule;
    if (!Number.isInteger(value) || Number(value) < minimum! || Number(value) > maximum!) {
      throw new Error(`must be an integer from ${minimum} to ${maximum}`);
    }
    return Number(value);
  }
  if (typeof value !== 'string') {
    throw new Error('must be a string');
  }
  if (value.length < minLength || value.length > maxLength) {
    throw new Error(
      `has ${value.length} characters and must have ${minLength} to ${maxLength}; was it cut, or pasted with something else?`,
    );
  }
  const unseen = /[\p{Cf}\p{Cc}]/u.exec(value)?.[0].codePointAt(0);
  if (unseen !== undefined) {
    const name = `U+${unseen.toString(16).toUpperCase().padStart(4, '0')}`;
    throw new Error(
      `has an invisible character amid it (${name}): type it anew, or copy it from elsewhere`,
    );
  }
  if (!new RegExp(pattern).test(value)) {
    throw new Error(`must look like ${rule.pattern_descriptor}`);
  }
  return value;
}

function parseStart(text: string, nowMs: number): number {
  const startMs = parseInstant(text);
  if (startMs > nowMs) {
    throw new Error(
      `must not be yet to come: ${new Date(startMs).toISOString()} is after ${new Date(nowMs).toISOString()}, the time by this machine's clock; is the year mistyped?`,
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

/** A key that somebody wrote: it may be anything, of any length. */
function quoted(key: string): string {
  return `\`${oneLine(key, LONGEST_KEY_TOLD)}\``;
}
