import {Failure} from './errors';
import {parseInstant} from './instant';
import {holdAgainstSpecification} from './specification';

const HOSTS = ['https://api.atlassian.com', 'https://api.atlassian-us-gov-mod.com'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** Of a cloud id. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SITE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(atlassian\.net|atlassian-us-gov-mod\.net)$/;

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

/**
 * Settings as Airbyte hands them over -> Config. What cannot be seen around a value is cut off, a blank
 * optional value counts as absent, unknown keys become warnings.
 * @param nowMs the local clock: no backfill may start after it
 * @throws Failure `Config validation error: …` that names each setting that is wrong, and never its value
 */
export function parseConfig(input: unknown, nowMs: number): Config {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid('the settings are not a JSON object');
  }
  const {settings, problems, warnings} = holdAgainstSpecification(input as Record<string, unknown>);
  const attempt = <T>(key: string, parse: (text: string) => T): T | undefined => {
    const text = settings[key];
    if (typeof text !== 'string' || problems.has(key)) {
      return undefined;
    }
    try {
      return parse(text);
    } catch (error) {
      problems.set(key, (error as Error).message);
      return undefined;
    }
  };
  const tenant = attempt('cloud_id', parseTenant);
  const backfillStartMs = attempt('backfill_start_time', (text) => parseStart(text, nowMs));
  const apiToken = attempt('api_token', parseToken);
  const gateway = attempt('api_url', parseApiUrl);
  if (problems.size > 0 || !tenant || !gateway || apiToken === undefined) {
    throw invalid([...problems].map(([key, problem]) => `\`${key}\` ${problem}`).join('; '));
  }
  return Object.freeze({
    email: settings['email'] as string,
    apiToken,
    tenant,
    backfillStartMs,
    lookbackMs: (settings['lookback_minutes'] as number) * 60_000,
    apiUrl: gateway.origin,
    isLoopback: gateway.isLoopback,
    warnings,
  });
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

function parseApiUrl(text: string): {origin: string; isLoopback: boolean} {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && url.href === `${url.origin}/`) {
    const isLoopback = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
    if (isLoopback || HOSTS.includes(url.origin)) {
      return {origin: url.origin, isLoopback};
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

function parseToken(text: string): string {
  if (/\s/.test(text)) {
    throw new Error('must not contain white space; was it cut or joined when it was copied?');
  }
  return text;
}

function invalid(why: string): Failure {
  return new Failure('input', `Config validation error: ${why}`);
}
