import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse} from 'yaml';

import type {Sandbox} from '../../sandbox/server';
import type {Message, Run} from './connector';
import {runConnector} from './resident';

/** What the tests in test/acceptance share: the official tool's inputs, read as it reads them. */

export const ROOT = join(__dirname, '..', '..');

/** An entry of a section's `tests` in acceptance-test-config.yml. */
export interface Entry {
  readonly config_path?: string;
  readonly spec_path?: string;
  readonly configured_catalog_path?: string;
  readonly status?: 'succeed' | 'failed';
  readonly timeout_seconds?: number;
  readonly expect_records?: {readonly path: string; readonly exact_order: boolean};
  readonly future_state?: {
    readonly future_state_path: string;
    readonly cursor_format: {readonly format: string};
  };
}

export interface AcceptanceConfig {
  readonly connector_image: string;
  readonly test_strictness_level: string;
  readonly acceptance_tests: Record<string, {readonly tests: readonly Entry[]}>;
}

export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
}

/** A stream as `discover` shows it. */
export interface Stream {
  readonly name: string;
  readonly json_schema: JsonSchema & {readonly properties: Record<string, JsonSchema>};
  readonly supported_sync_modes: readonly string[];
  readonly default_cursor_field: readonly string[];
  readonly source_defined_cursor: boolean;
  readonly source_defined_primary_key: readonly (readonly string[])[];
  readonly is_resumable: boolean;
}

/** A record of expected_records.jsonl. */
export interface ExpectedRecord {
  readonly stream: string;
  readonly data: Record<string, unknown>;
  readonly emitted_at: number;
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function readJson(path: string): unknown {
  return JSON.parse(readText(path));
}

export function readYaml(path: string): unknown {
  return parse(readText(path));
}

export const CONFIG = readYaml('acceptance-test-config.yml') as AcceptanceConfig;

/** The entries of a section. */
export function entriesOf(section: string): readonly Entry[] {
  return CONFIG.acceptance_tests[section]?.tests ?? [];
}

/** The only entry of a section. */
export function entryOf(section: string): Entry {
  const [entry, ...others] = entriesOf(section);
  if (!entry || others.length > 0) {
    throw new Error(`${section} has ${others.length + (entry ? 1 : 0)} entries`);
  }
  return entry;
}

/**
 * The settings that an entry's `config_path` names. secrets/config.json is not in the repository: it is
 * the template, filled in so that it leads to the sandbox.
 */
export function settingsOf({config_path: path}: Entry, sandbox: Sandbox): object {
  const {url: api_url, options} = sandbox;
  if (path === 'secrets/config.json') {
    const template = readJson('test_files/config.template.json') as object;
    return {...template, email: options.email, api_token: options.token, api_url};
  }
  return {...(readJson(path ?? '') as object), api_url};
}

export async function discover(sandbox: Sandbox): Promise<Stream[]> {
  const run = await runConnector('discover', {
    config: settingsOf(entryOf('discovery'), sandbox),
  });
  const [message] = messagesOf(run, 'CATALOG');
  return message?.catalog?.streams as unknown as Stream[];
}

export function messagesOf({messages}: Run, type: string): Message[] {
  return messages.filter((message) => message.type === type);
}

/** The schema itself and every schema inside it, with the path to each. */
export function* schemasIn(
  schema: JsonSchema,
  path = '',
): Generator<{path: string; schema: JsonSchema}> {
  yield {path, schema};
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    yield* schemasIn(property, `${path}/${key}`);
  }
  if (schema.items) {
    yield* schemasIn(schema.items, `${path}[]`);
  }
}

export function typesOf({type}: JsonSchema): readonly string[] {
  return typeof type === 'string' ? [type] : (type ?? []);
}
