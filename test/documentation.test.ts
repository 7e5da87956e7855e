import {existsSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';

import {describe, expect, test} from '@jest/globals';

import manifest from '../package.json';
import schema from '../resources/schemas/audit_records.json';
import spec from '../resources/spec.json';
import {failureMessagesIn} from './support/readme-failures';
import {blocksOf, codesIn, failureRows, README, ROOT, tableOf} from './support/readme-text';
import {filesOfTree} from './support/readme-tree';

const TREE = filesOfTree();
const PAGES = TREE.filter((file) => file.endsWith('.md'));

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```$/gms, '');

describe('the settings table', () => {
  interface Setting {
    readonly order: number;
    readonly title: string;
    readonly default?: unknown;
    readonly minimum?: number;
    readonly maximum?: number;
  }
  const {properties, required} = spec.connectionSpecification;
  const settings = Object.entries(properties as Record<string, Setting>);

  test('has each setting, and no other, in the order of the form', () => {
    const inOrder = settings.toSorted(([, a], [, b]) => a.order - b.order);
    const expected = inOrder.map(([key, {title}]) => [
      title,
      `\`${key}\``,
      required.includes(key) ? 'yes' : 'no',
    ]);
    expect(tableOf('settings').map((row) => row.slice(0, 3))).toEqual(expected);
  });

  test('has bounds and default of the lookback', () => {
    const [, , , meaning] = tableOf('settings').find(([, key]) => key === '`lookback_minutes`')!;
    const {default: usual, minimum, maximum} = properties.lookback_minutes;
    expect(meaning).toContain(`${usual}, or ${minimum} to ${maximum}`);
  });
});

describe('the record table', () => {
  interface Field {
    readonly type: string | readonly string[];
    readonly format?: string;
    readonly properties?: object;
    readonly items?: {readonly properties?: object};
  }
  const fields = schema.properties as Record<string, Field>;

  test('has each field of the schema, and no other, with its type', () => {
    const expected = Object.entries(fields).map(([name, {type, format}]) => {
      const [own] = [type].flat().filter((each) => each !== 'null');
      return [`\`${name}\``, format === undefined ? own : `${own}, ${format}`];
    });
    expect(tableOf('record').map((row) => row.slice(0, 2))).toEqual(expected);
  });

  test('names only fields that there are', () => {
    const names = new Set([
      ...Object.keys(fields),
      ...Object.values(fields).flatMap(({properties, items}) =>
        Object.keys(properties ?? items?.properties ?? {}),
      ),
    ]);
    const told = tableOf('record').flatMap(([, , meaning = '']) => codesIn(meaning));
    expect(told.filter((code) => /^\w+$/.test(code) && !names.has(code))).toEqual([]);
  });
});

describe('the failure table', () => {
  const messages = TREE.filter((file) => /^src\/.*\.ts$/.test(file)).flatMap((file) =>
    failureMessagesIn(join(ROOT, file)),
  );
  const rows = failureRows();

  test('the code makes failures', () => {
    expect(messages.length).toBeGreaterThanOrEqual(rows.length);
  });

  test.each(messages)('has a row for: %s', (message) => {
    expect(rows.filter(({pattern}) => pattern.test(message))).toHaveLength(1);
  });

  test.each(rows)('$sees: such a message exists', ({pattern}) => {
    expect(messages.some((message) => pattern.test(message))).toBe(true);
  });

  test('each row says what it means and what to do', () => {
    for (const row of tableOf('failures')) {
      expect(row).toHaveLength(3);
      expect(row).not.toContain('');
    }
  });
});

describe('the file map', () => {
  const paths = tableOf('map').flatMap(([path = '']) => codesIn(path));

  test('every path in it exists', () => {
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('every file in the picture above it exists', () => {
    const [picture] = blocksOf(README).filter(({language}) => language === 'mermaid');
    const files = picture!.lines.flatMap((line) => line.match(/[\w/-]+\.ts/g) ?? []);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !TREE.includes(`src/${file}`))).toEqual([]);
  });

  test('every file of src and every folder at the top is in it', () => {
    const isCovered = (file: string): boolean =>
      paths.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path));
    const inFolders = TREE.filter((file) => /^[^.][^/]*\//.test(file));
    expect(inFolders.filter((file) => !isCovered(file))).toEqual([]);
  });
});

describe('what pages refer to', () => {
  test.each(PAGES)('%s: every link to a file, and to a heading in it, leads somewhere', (page) => {
    const targets = [...withoutCode(textOf(page)).matchAll(/\]\(([^()\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => !leadsSomewhere(page, target))).toEqual([]);
  });

  function leadsSomewhere(page: string, target: string): boolean {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    const isThere = TREE.includes(file) || TREE.some((each) => each.startsWith(`${file}/`));
    const isFolder = path.endsWith('/') && TREE.some((each) => each.startsWith(file));
    return (isThere || isFolder) && (anchor === undefined || anchorsOf(file).includes(anchor));
  }

  /** As GitHub makes them. */
  function anchorsOf(file: string): string[] {
    return [...withoutCode(textOf(file)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    );
  }

  test.each(PAGES)('%s: every npm script exists', (page) => {
    const scripts = [...textOf(page).matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g)].map(
      ([, name, other]) => name ?? other!,
    );
    expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  test.each(PAGES)('%s: every file of this repository that is named exists', (page) => {
    const folders = new Set(TREE.filter((file) => file.includes('/')).map((f) => f.split('/')[0]));
    const named = codesIn(withoutCode(textOf(page))).filter(
      (code) => /^[\w.-]+\/[\w./-]*$/.test(code) && folders.has(code.split('/')[0]),
    );
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

test('every decision record is in the index, by its title', () => {
  const records = TREE.filter((file) => /^docs\/decisions\/\d{4}-.*\.md$/.test(file));
  const expected = records.map((file) => {
    const [, number, title] = /^# (\d+)\. (.+)$/m.exec(textOf(file))!;
    return {number, title, file: file.slice('docs/decisions/'.length)};
  });
  const index = textOf('docs/decisions/README.md');
  const listed = [...index.matchAll(/^\| (\d+) \| \[(.+?)\]\((.+?)\) \|/gm)];
  expect(listed.map(([, number, title, file]) => ({number, title, file}))).toEqual(expected);
  expect(records.length).toBeGreaterThan(0);
});

describe('the promises of docs/security.md', () => {
  const [, rows = ''] =
    /\| Kind \|.*\n\|---.*\n((?:\|.*\n)+)/.exec(textOf('docs/security.md')) ?? [];
  const promises = rows
    .trim()
    .split('\n')
    .map((row) => row.split(' | '));

  test('each names what shows it', () => {
    expect(promises.length).toBeGreaterThan(10);
    const shown = promises.map(([, , by = '']) => /\.test\.ts|npm run test:/.test(by));
    expect(shown).toEqual(promises.map(() => true));
  });

  test('each test that is named by its title exists', () => {
    const named = promises.flatMap(([, , by = '']) =>
      [...by.matchAll(/\.\.\/(test\/[\w-]+\.test\.ts)\)((?:[:,] "[^"]+")*)/g)].flatMap(
        ([, file, titles]) =>
          [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => ({file: file!, title: title!})),
      ),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({file, title}) => !textOf(file).includes(title))).toEqual([]);
  });
});

test('the links that Airbyte shows lead to pages of the connector', () => {
  const pages = [spec.documentationUrl, spec.changelogUrl].map((url) => {
    const [, path] = url.split(`${manifest.homepage}/blob/main/`);
    return path;
  });
  expect(pages).toEqual(['docs/confluence-audit-logs.md', 'CHANGELOG.md']);
  expect(pages.filter((path) => !TREE.includes(path!))).toEqual([]);
  expect(textOf('metadata.yaml')).toContain(`documentationUrl: ${spec.documentationUrl}\n`);
  expect(textOf('Dockerfile')).toContain(`image.source="${manifest.homepage}"`);
});

test('the changelog begins with this version, or with what is unreleased above it', () => {
  const [first, second] = [...textOf('CHANGELOG.md').matchAll(/^## (\S+)/gm)].map(
    ([, name]) => name,
  );
  expect(first === 'Unreleased' ? second : first).toBe(manifest.version);
});

test('the README says how the license is called', () => {
  expect(README).toContain(`Licensed under ${manifest.license}.`);
});
