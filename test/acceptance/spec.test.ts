import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import Ajv from 'ajv';

import type {Sandbox} from '../../sandbox/server';
import {
  entryOf,
  type JsonSchema,
  messagesOf,
  readJson,
  schemasIn,
  settingsOf,
  typesOf,
} from '../support/acceptance';
import {startAcceptanceSandbox} from '../support/acceptance-sandbox';
import {type Run, runConnector} from '../support/connector';

/** The names that the official check takes for secrets. */
const SECRET_NAMES =
  /^(client_token|access_token|api_token|token|secret|client_secret|password|key|service_account_info|service_account|tenant_id|certificate|jwt|credentials|app_id|appid|refresh_token)$/;
const FORBIDDEN = [
  'not',
  'anyOf',
  'patternProperties',
  'prefixItems',
  'allOf',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'dependentRequired',
];

interface Spec {
  readonly connectionSpecification: JsonSchema & {
    readonly required: string[];
    readonly properties: Record<string, JsonSchema>;
  };
  readonly advanced_auth?: object;
}

describe('TestSpec', () => {
  let sandbox: Sandbox;
  let run: Run;
  let spec: Spec;
  let schemas: {path: string; schema: JsonSchema}[];

  beforeAll(async () => {
    sandbox = await startAcceptanceSandbox();
    run = await runConnector('spec');
    spec = run.messages[0]?.spec as unknown as Spec;
    schemas = [...schemasIn(spec.connectionSpecification)];
  });
  afterAll(() => sandbox.close());

  const withKeyword = (keyword: string): unknown[] =>
    schemas.filter(({schema}) => keyword in schema).map(({path}) => path);

  test('test_config_match_spec', () => {
    const validate = new Ajv({strict: false}).compile(spec.connectionSpecification);
    expect(validate(settingsOf(entryOf('spec'), sandbox))).toBe(true);
  });

  test('test_match_expected', () => {
    expect(messagesOf(run, 'SPEC')).toHaveLength(1);
    expect(spec).toEqual(readJson(entryOf('spec').spec_path ?? ''));
  });

  test('test_enum_usage', () => {
    for (const {schema} of schemas) {
      const values = (schema['enum'] ?? []) as unknown[];
      expect(new Set(values).size).toBe(values.length);
    }
  });

  test('test_oneof_usage', () => {
    expect(withKeyword('oneOf')).toEqual([]);
  });

  test('test_secret_is_properly_marked', () => {
    const properties = Object.entries(spec.connectionSpecification.properties);
    const named = properties.filter(([name]) => SECRET_NAMES.test(name)).map(([name]) => name);
    const marked = properties.filter(([, schema]) => schema['airbyte_secret'] === true);
    expect(marked.map(([name]) => name)).toEqual(named);
    expect(marked.map(([, schema]) => schema.type)).toEqual(named.map(() => 'string'));
  });

  test('test_property_type_is_not_array', () => {
    for (const {schema} of schemas) {
      const [, second = 'null', ...others] = typesOf(schema);
      expect([second, others]).toEqual(['null', []]);
    }
  });

  test('test_object_not_empty', () => {
    for (const {schema} of schemas.filter((each) => typesOf(each.schema).includes('object'))) {
      expect(Object.keys(schema.properties ?? {})).not.toEqual([]);
    }
  });

  test('test_array_type', () => {
    expect(schemas.filter(({schema}) => typesOf(schema).includes('array'))).toEqual([]);
  });

  test('test_forbidden_complex_types', () => {
    expect(FORBIDDEN.flatMap(withKeyword)).toEqual([]);
  });

  // The official checks compare a pattern of dates with `format`, which shows a date picker; ours takes
  // dates with and without a time, so it has a pattern with a descriptor and no format.
  test.each(['test_date_pattern', 'test_date_format'])('%s', () => {
    const {pattern, pattern_descriptor, format} =
      spec.connectionSpecification.properties['backfill_start_time'] ?? {};
    expect([typeof pattern, typeof pattern_descriptor, format]).toEqual([
      'string',
      'string',
      undefined,
    ]);
  });

  test('test_duplicate_order', () => {
    const orders = schemas.flatMap(({schema}) => schema['order'] ?? []);
    expect(new Set(orders).size).toBe(orders.length);
    expect(orders).toHaveLength(schemas.length - 1);
  });

  test('test_nested_group', () => {
    expect(withKeyword('group')).toEqual([]);
  });

  test('test_display_type', () => {
    expect(withKeyword('display_type')).toEqual([]);
  });

  test('test_defined_refs_exist_in_json_spec_file', () => {
    expect(run.stdout).not.toContain('"$ref"');
  });

  // There is no OAuth: Atlassian's scope for the audit log is had by API tokens.
  test.each(['test_oauth_flow_parameters', 'test_oauth_is_default_method'])('%s', () => {
    expect(spec.advanced_auth).toBeUndefined();
  });

  test('test_additional_properties_is_true', () => {
    const values = schemas.flatMap(({schema}) => schema['additionalProperties'] ?? []);
    expect(values.every((value) => value === true)).toBe(true);
  });

  // Held against the spec of the last release; a release puts its own in the place of it.
  test('test_backward_compatibility', () => {
    const {connectionSpecification: released} = readJson('test_files/released_spec.json') as Spec;
    const current = spec.connectionSpecification;
    expect(current.required.filter((name) => !released.required.includes(name))).toEqual([]);
    for (const [name, before] of Object.entries(released.properties)) {
      const now = current.properties[name] ?? {};
      expect({name, type: now.type}).toEqual({name, type: before.type});
      const added = ['pattern', 'enum', 'format', 'minLength', 'minimum', 'maximum'].filter(
        (keyword) => keyword in now && now[keyword] !== before[keyword],
      );
      expect({name, added}).toEqual({name, added: []});
    }
  });
});
