import type {ErrorObject} from 'ajv';
import Ajv from 'ajv';

import spec from '../resources/spec.json';
import {Failure} from './errors';
import {parseInstant} from './instant';

const HOSTS = ['https://api.atlassian.com', 'https://api.atlassian-us-gov-mod.com'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The schema is our own: to check that it is one takes longer than all else. */
const AJV_OPTIONS = {allErrors: true, strict: false, useDefaults: true, validateSchema: false};
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
}

type Settings = Record<string, unknown>;

/**
 * Settings as Airbyte hands them over -> Config. White space around a value is cut off, a blank
 * optional value counts as absent, unknown keys are ignored.
 * @throws Failure `Config validation error: …` that names each setting that is wrong, and never a secret.
 */
export function parseConfig(input: unknown): Config {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid(['the settings are not a JSON object']);
  }
  const settings = tidy(input);
  const validate = new Ajv(AJV_OPTIONS).compile(spec.connectionSpecification);
  if (!validate(settings)) {
    throw invalid((validate.errors ?? []).map(explain));
  }
  return translate(settings as unknown as ValidSettings);
}

interface ValidSettings {
  email: string;
  cloud_id: string;
  backfill_start_time?: string;
  api_token: string;
  lookback_minutes: number;
  api_url: string;
}

function translate(settings: ValidSettings): Config {
  const problems: string[] = [];
  const attempt = <T>(key: string, parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      problems.push(`\`${key}\`: ${(error as Error).message}`);
      return undefined;
    }
  };
  const start = settings.backfill_start_time;
  const backfillStartMs = attempt('backfill_start_time', () =>
    start === undefined ? undefined : parseInstant(start),
  );
  const gateway = attempt('api_url', () => parseApiUrl(settings.api_url));
  const tenant = attempt('cloud_id', () => parseTenant(settings.cloud_id));
  attempt('api_token', () => refuseWhiteSpace(settings.api_token));
  if (problems.length > 0 || !gateway || !tenant) {
    throw invalid(problems);
  }
  return Object.freeze({
    email: settings.email,
    apiToken: settings.api_token,
    tenant,
    backfillStartMs,
    lookbackMs: settings.lookback_minutes * 60_000,
    apiUrl: gateway.origin,
    isLoopback: gateway.isLoopback,
  });
}

/** A copy without the white space around values and without blank values. */
function tidy(settings: object): Settings {
  const known = Object.keys(spec.connectionSpecification.properties);
  const tidied: Settings = {};
  for (const key of known) {
    const value: unknown = (settings as Settings)[key];
    const trimmed = typeof value === 'string' ? value.trim() : value;
    if (trimmed !== undefined && trimmed !== null && trimmed !== '') {
      tidied[key] = trimmed;
    }
  }
  return tidied;
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

function explain({keyword, instancePath, params, message}: ErrorObject): string {
  const key = instancePath.slice(1);
  if (keyword === 'required') {
    return `\`${String(params['missingProperty'])}\` is required`;
  }
  if (keyword === 'pattern') {
    const properties: Record<string, {title: string; pattern_descriptor?: string}> =
      spec.connectionSpecification.properties;
    return `\`${key}\` must look like ${properties[key]?.pattern_descriptor}`;
  }
  return `\`${key}\` ${message}`;
}

function invalid(problems: string[]): Failure {
  return new Failure('input', `Config validation error: ${problems.join('; ')}`);
}
