import spec from '../resources/spec.json';
import {Failure} from './errors';
import {parseInstant} from './instant';
import {nearestTo} from './nearest';
import {cutUnseen, unseenIn} from './pasted-text';

const HOSTS = ['https://api.atlassian.com', 'https://api.atlassian-us-gov-mod.com'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
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
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly pattern_descriptor?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const RULES: Readonly<Record<string, Rule>> = spec.connectionSpecification.properties;
const KEYS = Object.keys(RULES);

type Settings = Record<string, unknown>;

/**
 * Settings as Airbyte hands them over -> Config. What cannot be seen around a value is cut off, a blank
 * optional value counts as absent, unknown keys become warnings.
 * @param nowMs the local clock: no backfill may start after it
 * @throws Failure `Config validation error: …` that names each setting that is wrong, and never its value
 */
export function parseConfig(input: unknown, nowMs: number): Config {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid(['the settings are not a JSON object']);
  }
  const settings = tidy(input as Settings);
  const unknown = Object.keys(input).filter((key) => !KEYS.includes(key));
  const problems = KEYS.flatMap((key) => problemOf(key, settings[key], unknown) ?? []);
  const attempt = <T>(key: string, parse: (text: string) => T): T | undefined => {
    try {
      // A setting that breaks the specification has been told of already.
      return typeof settings[key] === 'string' &&
        !problems.some((each) => each.includes(`\`${key}\``))
        ? parse(settings[key])
        : undefined;
    } catch (error) {
      problems.push(`\`${key}\`: ${(error as Error).message}`);
      return undefined;
    }
  };
  const tenant = attempt('cloud_id', parseTenant);
  const backfillStartMs = attempt('backfill_start_time', (text) => parseStart(text, nowMs));
  const gateway = attempt('api_url', parseApiUrl);
  attempt('api_token', refuseWhiteSpace);
  if (problems.length > 0 || !gateway || !tenant) {
    throw invalid(problems);
  }
  return Object.freeze({
    email: settings['email'] as string,
    apiToken: settings['api_token'] as string,
    tenant,
    backfillStartMs,
    lookbackMs: (settings['lookback_minutes'] as number) * 60_000,
    apiUrl: gateway.origin,
    isLoopback: gateway.isLoopback,
    warnings: unknown.map(
      (key) =>
        `The setting ${told(key)} is not known and ignored; did you mean \`${nearestTo(key, KEYS)}\`?`,
    ),
  });
}

/** The known settings without what cannot be seen around their values, and defaults for those that are absent. */
function tidy(input: Settings): Settings {
  return Object.fromEntries(
    KEYS.map((key) => {
      const value = input[key];
      const clear = typeof value === 'string' ? cutUnseen(value) : value;
      return [
        key,
        clear === null || clear === '' ? RULES[key]!.default : (clear ?? RULES[key]!.default),
      ];
    }),
  );
}

/** In what a value is not what the specification says. */
function problemOf(key: string, value: unknown, unknown: readonly string[]): string | undefined {
  const {
    type,
    minLength = 0,
    maxLength = Infinity,
    pattern,
    minimum,
    maximum,
    ...rule
  } = RULES[key]!;
  if (value === undefined) {
    const others = unknown.filter((other) => nearestTo(other, KEYS) === key).map(told);
    const hint = others.length > 0 ? ` (${others.join(', ')} is not known: is it meant?)` : '';
    return spec.connectionSpecification.required.includes(key)
      ? `\`${key}\` is required${hint}`
      : undefined;
  }
  const isNumber = type === 'integer';
  if (isNumber ? !Number.isInteger(value) : typeof value !== type) {
    return `\`${key}\` must be ${isNumber ? 'an integer' : 'a string'}`;
  }
  if (typeof value === 'number') {
    return value < minimum! || value > maximum!
      ? `\`${key}\` must be from ${minimum} to ${maximum}`
      : undefined;
  }
  const text = value as string;
  const unseen = unseenIn(text);
  if (text.length < minLength || text.length > maxLength) {
    return `\`${key}\` has ${text.length} characters and must have ${minLength} to ${maxLength}; was it cut, or pasted with something else?`;
  }
  if (unseen !== undefined) {
    return `\`${key}\` has an invisible character amid it (${unseen}): type it anew, or copy it from elsewhere`;
  }
  return pattern !== undefined && !new RegExp(pattern, 'u').test(text)
    ? `\`${key}\` must look like ${rule.pattern_descriptor}`
    : undefined;
}

function parseStart(text: string, nowMs: number): number {
  const startMs = parseInstant(text);
  if (startMs > nowMs) {
    throw new Error(
      `${new Date(startMs).toISOString()} is yet to come (it is ${new Date(nowMs).toISOString()} by this machine's clock); is the year mistyped?`,
    );
  }
  return startMs;
}

function parseApiUrl(text: string): {origin: string; isLoopback: boolean} {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url && url.pathname === '/' && !url.search && !url.hash && !url.username;
  if (url && isBare && !url.password) {
    if (HOSTS.includes(url.origin)) {
      return {origin: url.origin, isLoopback: false};
    }
    if (url.protocol === 'http:' && LOOPBACK.test(url.hostname)) {
      return {origin: url.origin, isLoopback: true};
    }
  }
  throw new Error(`must be one of ${HOSTS.join(', ')}`);
}

function parseTenant(text: string): Tenant {
  if (UUID.test(text)) {
    return {cloudId: text.toLowerCase()};
  }
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const site = URL.canParse(address) ? new URL(address).hostname : '';
  if (SITE.test(site)) {
    return {site};
  }
  throw new Error(
    'must be a UUID such as 11111111-2222-4333-8444-555555555555, or a site such as acme.atlassian.net',
  );
}

function refuseWhiteSpace(token: string): void {
  if (/\s/.test(token)) {
    throw new Error('must not contain white space; was it cut or joined when it was copied?');
  }
}

/** A key that somebody wrote: it may be anything, of any length. */
function told(key: string): string {
  return `\`${key.length > LONGEST_KEY_TOLD ? `${key.slice(0, LONGEST_KEY_TOLD)}…` : key}\``;
}

function invalid(problems: string[]): Failure {
  return new Failure('input', `Config validation error: ${problems.join('; ')}`);
}
