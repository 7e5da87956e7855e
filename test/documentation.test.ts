import {existsSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';

import {describe, expect, test} from '@jest/globals';

import manifest from '../package.json';
import schema from '../resources/schemas/audit_records.json';
import spec from '../resources/spec.json';
import {sectionOf} from '../benchmark/page-section';
import {CHOICES, flagOf, NUMBERS} from '../sandbox/wishes';
import {LIES} from './simulation/behaviour';
import {failureMessagesIn} from './support/failure-messages';
import {filesOfTree} from './support/file-tree';
import {
  blocksOf,
  codesIn,
  FAILURES_PAGE,
  failureRows,
  README,
  ROOT,
  tableOf,
  tableUnder,
  testsIn,
  textOf,
} from './support/page-text';

const TREE = filesOfTree();
const PAGES = TREE.filter((file) => file.endsWith('.md'));
const RECORD_PAGE = 'docs/record.md';
const MAP_PAGE = 'docs/how-it-works.md';
const TESTS_PAGE = 'docs/how-it-is-tested.md';

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
    expect(tableOf('README.md', 'settings').map((row) => row.slice(0, 3))).toEqual(expected);
  });

  test('has bounds and default of the lookback', () => {
    const [, , , meaning] = tableOf('README.md', 'settings').find(
      ([, key]) => key === '`lookback_minutes`',
    )!;
    const {default: usual, minimum, maximum} = properties.lookback_minutes;
    expect(meaning).toContain(`${usual}, or ${minimum} to ${maximum}`);
  });
});

describe('the record table', () => {
  interface Field {
    readonly type: string | readonly string[];
    readonly format?: string;
    readonly properties?: Record<string, Field>;
    readonly items?: Field;
  }
  const top = schema.properties as Record<string, Field>;

  /** A field and all that is in it, by their paths, each with its type. */
  function rowsOf(path: string, {type, format, properties, items}: Field): string[][] {
    const own = [type].flat().filter((each) => each !== 'null');
    const inner = Object.entries(properties ?? {}).flatMap(([name, field]) =>
      rowsOf(`${path}.${name}`, field),
    );
    const [, ...each] = items ? rowsOf(`${path}[]`, items) : [];
    const told = [own.join(' or '), format].filter((text) => text !== undefined).join(', ');
    return [[`\`${path}\``, told], ...inner, ...each];
  }

  test('has each field of the schema, the nested ones too, and no other, with its type', () => {
    const expected = Object.entries(top).flatMap(([name, field]) => rowsOf(name, field));
    expect(tableOf(RECORD_PAGE, 'record').map((row) => row.slice(0, 2))).toEqual(expected);
  });

  test('names only fields that there are', () => {
    const names = new Set(
      Object.entries(top)
        .flatMap(([name, field]) => rowsOf(name, field))
        .flatMap(([path]) => path!.match(/\w+/g)!),
    );
    const told = tableOf(RECORD_PAGE, 'record').flatMap(([, , meaning = '']) => codesIn(meaning));
    const isName = (code: string): boolean => /^[a-z]\w*$/i.test(code) && !/^[A-Z]+$/.test(code);
    expect(told.filter((code) => isName(code) && !names.has(code))).toEqual([]);
  });
});

test('the formula of the id is the same in the README and on the page about records', () => {
  const [short, long] = ['README.md', RECORD_PAGE].map((page) =>
    blocksOf(textOf(page)).find(({lines}) => lines[0]?.startsWith('[cloudId')),
  );
  expect(short).toBeDefined();
  expect(short).toEqual(long);
});

test('the table of events is the map of the views', () => {
  const [, ...lines] = textOf('sql/event-map.tsv').trimEnd().split('\n');
  const shown = (type: string): string =>
    ({'-': '–', '': '–', EMPTY: 'empty', 'EMPTY?': 'empty?'})[type] ?? type.replaceAll(',', ', ');
  const expected = lines.map((line) => {
    const [action, , summary, category, sure, , affected, associated, , , , , severity] =
      line.split('\t') as [string, ...string[]];
    return [
      summary!.includes('.') ? `\`${summary}\`` : summary,
      ...[category!, affected!, associated!].map(shown),
      sure,
      `\`${action}\``,
      severity,
    ];
  });
  expect(expected.length).toBeGreaterThan(50);
  expect(tableOf('docs/events.md', 'events')).toEqual(expected);
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
    for (const row of tableOf(FAILURES_PAGE, 'failures')) {
      expect(row).toHaveLength(3);
      expect(row).not.toContain('');
    }
  });
});

describe('the file map', () => {
  const paths = tableOf(MAP_PAGE, 'map').flatMap(([path = '']) => codesIn(path));

  test('every path in it exists', () => {
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('every file in the picture above it exists', () => {
    const [picture] = blocksOf(textOf(MAP_PAGE)).filter(({language}) => language === 'mermaid');
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

describe.each([
  {page: 'README.md', rows: tableUnder('README.md', 'Promise'), least: 10, column: 1},
  {
    page: 'docs/security.md',
    rows: tableUnder('docs/security.md', 'Kind', 'What is promised'),
    least: 11,
    column: 2,
  },
  {page: TESTS_PAGE, rows: tableOf(TESTS_PAGE, 'knobs'), least: 5, column: 1},
])('the promises of $page', ({rows, least, column}) => {
  const shownBy = rows.map((row) => row[column] ?? '');

  test('each names what shows it', () => {
    expect(rows.length).toBeGreaterThanOrEqual(least);
    expect(shownBy.filter((by) => !/\.test\.ts|npm run test:/.test(by))).toEqual([]);
  });

  test('each test that is named, and each that is named by its title, exists', () => {
    const named = shownBy.flatMap(testsIn);
    expect(named.flatMap(({titles}) => titles).length).toBeGreaterThan(0);
    expect(named.filter(({file}) => !TREE.includes(file))).toEqual([]);
    const missing = named.flatMap(({file, titles}) =>
      titles.filter((title) => !textOf(file).includes(title)).map((title) => ({file, title})),
    );
    expect(missing).toEqual([]);
  });
});

describe('the table of worlds', () => {
  const worlds = tableOf(TESTS_PAGE, 'worlds');

  test('names each knob of the simulator', () => {
    const told = worlds.flatMap(([, , knobs = '']) => codesIn(knobs));
    const knobs = ['cap', ...new Set(LIES.map(({knob}) => knob))];
    expect(knobs.filter((knob) => !told.includes(knob))).toEqual([]);
  });

  test('names options of the sandbox that there are', () => {
    const flags = [...Object.keys(NUMBERS), ...Object.keys(CHOICES)].map(
      (name) => `--${flagOf(name)}`,
    );
    const told = worlds.flatMap(([, , , options = '']) => codesIn(options));
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((option) => !flags.includes(option))).toEqual([]);
  });
});

test('each setting names the tests that show what it does', () => {
  const named = tableOf(TESTS_PAGE, 'knobs').map(([setting = '']) => codesIn(setting)[0]);
  expect(named).toEqual(Object.keys(spec.connectionSpecification.properties));
});

test('figures stand in the README, and all of them on their page', () => {
  expect(sectionOf(README, 'bench-five')).toMatch(/^\| /);
  expect(sectionOf(textOf('docs/benchmark.md'), 'bench')).toMatch(/^Measured /);
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
