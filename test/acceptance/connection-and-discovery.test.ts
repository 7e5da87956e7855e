import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import Ajv from 'ajv';

import type {Sandbox} from '../../sandbox/server';
import {
  discover,
  entriesOf,
  type JsonSchema,
  messagesOf,
  readJson,
  schemasIn,
  settingsOf,
  type Stream,
  typesOf,
} from '../support/acceptance';
import {startAcceptanceSandbox} from '../support/acceptance-sandbox';
import {runConnector} from '../support/connector';

interface ConfiguredCatalog {
  readonly streams: {readonly stream: Stream}[];
}

const TYPES = new Set(['null', 'string', 'number', 'integer', 'boolean', 'object', 'array']);

let sandbox: Sandbox;
let streams: Stream[];
let schemas: {path: string; schema: JsonSchema}[];

beforeAll(async () => {
  sandbox = await startAcceptanceSandbox();
  streams = await discover(sandbox);
  schemas = streams.flatMap(({json_schema}) => [...schemasIn(json_schema)]);
});
afterAll(() => sandbox.close());

describe('TestConnection', () => {
  test.each(entriesOf('connection'))('test_check: $status with $config_path', async (entry) => {
    const run = await runConnector('check', {config: settingsOf(entry, sandbox)});
    const statuses = messagesOf(run, 'CONNECTION_STATUS').map(
      ({connectionStatus}) => connectionStatus?.status,
    );
    expect(statuses).toEqual([entry.status === 'succeed' ? 'SUCCEEDED' : 'FAILED']);
    expect(run).toMatchObject({code: 0, stderr: ''});
  });
});

describe('TestDiscovery', () => {
  test('test_discover', async () => {
    const [entry = {}] = entriesOf('discovery');
    const run = await runConnector('discover', {config: settingsOf(entry, sandbox)});
    expect(messagesOf(run, 'CATALOG')).toHaveLength(1);
    expect(streams.map(({name}) => name)).toEqual(['audit_records']);
    expect(run).toMatchObject({code: 0, stderr: ''});
  });

  test('test_streams_have_valid_json_schemas', () => {
    const ajv = new Ajv({strict: false});
    for (const {json_schema} of streams) {
      expect(ajv.validateSchema(json_schema)).toBe(true);
    }
  });

  test('test_defined_cursors_exist_in_schema', () => {
    for (const {default_cursor_field: field, json_schema} of streams) {
      expect(Object.keys(json_schema.properties)).toContain(field.join('/'));
    }
  });

  test('test_defined_refs_exist_in_schema', () => {
    expect(schemas.filter(({schema}) => '$ref' in schema)).toEqual([]);
  });

  test('test_defined_keyword_exist_in_schema', () => {
    expect(schemas.filter(({schema}) => 'allOf' in schema || 'not' in schema)).toEqual([]);
  });

  test('test_primary_keys_exist_in_schema', () => {
    for (const {source_defined_primary_key: keys, json_schema} of streams) {
      expect(keys.map((path) => path.join('/'))).toEqual(['id']);
      expect(json_schema.properties).toHaveProperty('id');
    }
  });

  test('test_streams_has_sync_modes', () => {
    for (const stream of streams) {
      expect(stream.supported_sync_modes).toEqual(['full_refresh', 'incremental']);
    }
  });

  test('test_additional_properties_is_true', () => {
    const values = schemas.flatMap(({schema}) => schema['additionalProperties'] ?? []);
    expect(values.length).toBeGreaterThan(0);
    expect(values.every((value) => value === true)).toBe(true);
  });

  test('test_catalog_has_supported_data_types', () => {
    for (const {path, schema} of schemas) {
      expect({path, unknown: typesOf(schema).filter((type) => !TYPES.has(type))}).toEqual({
        path,
        unknown: [],
      });
      if ('format' in schema || 'airbyte_type' in schema) {
        const {type, format, airbyte_type} = schema;
        expect({type, format, airbyte_type}).toEqual({
          type: 'string',
          format: 'date-time',
          airbyte_type: 'timestamp_with_timezone',
        });
      }
    }
  });

  test('test_primary_keys_data_type', () => {
    for (const {source_defined_primary_key: keys, json_schema} of streams) {
      const types = keys.map(([name = '']) => json_schema.properties[name]?.type);
      expect(types).toEqual(['string']);
    }
  });

  // Held against the catalog of the last release; a release puts its own in the place of it.
  test('test_backward_compatibility', () => {
    const released = readJson('test_files/configured_catalog.json') as ConfiguredCatalog;
    for (const {stream: before} of released.streams) {
      const now = streams.find(({name}) => name === before.name);
      expect(now?.default_cursor_field).toEqual(before.default_cursor_field);
      expect(now?.source_defined_primary_key).toEqual(before.source_defined_primary_key);
      const typesNow = new Map(
        [...schemasIn(now?.json_schema ?? {})].map(({path, schema}) => [path, schema.type]),
      );
      for (const {path, schema} of schemasIn(before.json_schema)) {
        expect([path, typesNow.get(path)]).toEqual([path, schema.type]);
      }
    }
  });
});
