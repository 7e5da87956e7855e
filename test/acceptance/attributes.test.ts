import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';

import type {Sandbox} from '../../sandbox/server';
import {discover, readJson, readText, readYaml, type Stream} from '../support/acceptance';
import {startAcceptanceSandbox} from '../support/acceptance-sandbox';

interface Metadata {
  readonly data: {
    readonly name: string;
    readonly definitionId: string;
    readonly dockerRepository: string;
    readonly dockerImageTag: string;
    readonly license: string;
    readonly allowedHosts: {readonly hosts: string[]};
    readonly suggestedStreams: {readonly streams: string[]};
  };
}

/** Where the template leaves room for headings that it does not know. */
const OWN_HEADINGS = '<Connector-specific features>';

interface Spec {
  readonly connectionSpecification: {
    readonly required: string[];
    readonly properties: Record<string, {title: string; airbyte_hidden?: boolean}>;
  };
}

const {data: metadata} = readYaml('metadata.yaml') as Metadata;
const dockerfile = readText('Dockerfile');
const page = readText('docs/confluence-audit-logs.md');
let sandbox: Sandbox;
let streams: Stream[];

beforeAll(async () => {
  sandbox = await startAcceptanceSandbox();
  streams = await discover(sandbox);
});
afterAll(() => sandbox.close());

/** The last value that the Dockerfile gives to a label or variable. */
function inDockerfile(name: string): string | undefined {
  const found = [
    ...dockerfile.matchAll(
      new RegExp(`${name.replaceAll('.', '[.]')}=(?:"([^"\\n]+)"|([^"\\s\\\\]+))`, 'g'),
    ),
  ];
  return found.at(-1)?.[1] ?? found.at(-1)?.[2];
}

// What the image really carries is looked at by `npm run test:image`; these need no image.
describe('TestSpec', () => {
  test('test_image_labels', () => {
    const {version} = readJson('package.json') as {version: string};
    expect(metadata.dockerImageTag).toBe(version);
    expect(inDockerfile('io.airbyte.version')).toBe(version);
    expect(inDockerfile('org.opencontainers.image.version')).toBe(version);
    expect(inDockerfile('io.airbyte.name')).toBe(metadata.dockerRepository);
    expect(page).toMatch(new RegExp(`^\\| ${version} \\|`, 'm'));
  });

  test('test_image_environment_variables', () => {
    const entryPoint = /^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]';
    const words = JSON.parse(entryPoint) as string[];
    expect(inDockerfile('AIRBYTE_ENTRYPOINT')).toBe(words.join(' '));
    expect(words[0]).toMatch(/^\//);
  });
});

describe('TestConnectorAttributes', () => {
  test('test_streams_define_primary_key', () => {
    expect(streams.filter((stream) => stream.source_defined_primary_key.length === 0)).toEqual([]);
  });

  test('test_certified_connector_has_allowed_hosts', () => {
    expect(metadata.allowedHosts.hosts).toEqual([
      'api.atlassian.com',
      'api.atlassian-us-gov-mod.com',
      '*.atlassian.net',
      '*.atlassian-us-gov-mod.net',
    ]);
  });

  test('test_certified_connector_has_suggested_streams', () => {
    expect(metadata.suggestedStreams.streams).toEqual(streams.map(({name}) => name));
  });
});

describe('TestConnectorDocumentation', () => {
  /** The template's headings in their order; those with a `?` may be missing. */
  const TEMPLATE = [
    metadata.name,
    'Prerequisites',
    'Setup guide',
    `Set up ${metadata.name}`,
    '?For Airbyte Cloud:',
    '?For Airbyte Open Source:',
    `?Set up the ${metadata.name} connector in Airbyte`,
    '?For Airbyte Cloud:',
    '?For Airbyte Open Source:',
    'Supported sync modes',
    'Supported Streams',
    OWN_HEADINGS,
    '?Performance considerations',
    '?Data type map',
    '?Troubleshooting',
    '?Tutorials',
    'Changelog',
  ];

  test('test_docs_structure', () => {
    const known = new Set(TEMPLATE.map((heading) => heading.replace(/^[?]/, '')));
    const left = [...page.matchAll(/^#+ (?:Step \d: )?(.*)$/gm)].map(([, text]) => text!);
    for (const expected of TEMPLATE) {
      if (expected === OWN_HEADINGS) {
        left.splice(
          0,
          left.findIndex((heading) => known.has(heading)),
        );
      } else if (expected === left[0] || expected === `?${left[0]}`) {
        left.shift();
      } else {
        expect({heading: left[0], expected}).toEqual({
          heading: left[0],
          expected: expect.stringMatching(/^[?]/),
        });
      }
    }
    expect(left).toEqual([]);
  });

  test('test_docs_descriptions', () => {
    expect(page).toContain(
      `This page contains the setup guide and reference information for the [${metadata.name}](`,
    );
    expect(page).toContain('1. Navigate to the Airbyte Open Source dashboard.');
    expect(page).toContain(
      `The ${metadata.name} source connector supports the following [sync modes](`,
    );
  });

  test('test_prerequisites_content', () => {
    const {connectionSpecification: form} = readJson('resources/spec.json') as Spec;
    const [, prerequisites = '', rest = ''] = /## Prerequisites([^]*?)\n## ([^]*)/.exec(page) ?? [];
    for (const [key, {title, airbyte_hidden: isHidden}] of Object.entries(form.properties)) {
      expect({key, isRequired: prerequisites.includes(`**${title}**`)}).toEqual({
        key,
        isRequired: form.required.includes(key),
      });
      expect({key, isTold: rest.includes(`**${title}**`)}).toEqual({key, isTold: !isHidden});
    }
  });

  test('test_validate_links', () => {
    const links = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links.filter((each) => !each.startsWith('https://'))) {
      expect(readText(`docs/${link}`)).toContain('# ');
    }
    expect(links.filter((link) => link.startsWith('http:'))).toEqual([]);
  });
});
