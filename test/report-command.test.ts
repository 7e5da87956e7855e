import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {log, record, writeMessages} from './support/report-messages';

const root = join(__dirname, '..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-command-'));
  writeMessages(join(folder, 'sync.jsonl'), [record({creationDate: 1_780_000_000_000}), 'what?']);
  writeMessages(join(folder, 'empty.jsonl'), [log('INFO', 'nothing to read')]);
  writeMessages(join(folder, 'page.html'), [record({creationDate: 1})]);
  // the bundle as `npm run report` runs it, from a folder of this test's own inside the repository
  const build = spawnSync(process.execPath, ['-e', BUILD, join(root, 'demo/report.ts'), bundle()], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(build).toMatchObject({status: 0, stderr: ''});
});

afterAll(() => {
  rmSync(folder, {recursive: true});
  rmSync(bundle(), {force: true});
});

const BUILD = `require('esbuild').buildSync({
  entryPoints: [process.argv[1]], outfile: process.argv[2], bundle: true, platform: 'node',
});`;

function bundle(): string {
  return join(root, 'dist', `report-under-test-${process.pid}.js`);
}

function run(...args: string[]) {
  return spawnSync(process.execPath, [bundle(), ...args], {cwd: folder, encoding: 'utf8'});
}

/** As `npm run report` calls it: in the repository's folder, and with the caller's in INIT_CWD. */
function runFrom(caller: string, script: string, ...args: string[]) {
  const env = {...process.env, INIT_CWD: caller, npm_lifecycle_event: script};
  return spawnSync(process.execPath, [bundle(), ...args], {cwd: root, encoding: 'utf8', env});
}

describe('npm run report', () => {
  test('writes the page beside the file and says what is in it', () => {
    const {status, stdout, stderr} = run('sync.jsonl');
    expect({status, stderr}).toEqual({status: 0, stderr: ''});
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'sync.html',
      '1 audit record in 2 lines, 28 May 2026, 20:26 to 28 May 2026, 20:26 UTC',
    ]);
    expect(stdout).toContain('skipped: 1 line that is not a message');
    expect(readFileSync(join(folder, 'sync.html'), 'utf8')).toMatch(
      /^<!doctype html>.*<\/html>\n$/s,
    );
  });

  test('writes where --out says', () => {
    expect(run('sync.jsonl', '--out', 'other.html').status).toBe(0);
    expect(existsSync(join(folder, 'other.html'))).toBe(true);
  });

  test('takes paths as the caller means them, whatever folder npm runs it in', () => {
    const caller = join(folder, 'elsewhere');
    mkdirSync(caller);
    const ran = runFrom(caller, 'report', '../sync.jsonl', '--out', 'mine.html');
    expect(ran).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^mine.html\n/),
    });
    expect(existsSync(join(caller, 'mine.html'))).toBe(true);
  });

  test('another script of npm does not change what paths mean', () => {
    expect(runFrom(folder, 'test', 'sync.jsonl')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot read sync.jsonl: ENOENT'),
    });
  });

  test('a file without records gives a page that says so', () => {
    const {status, stdout, stderr} = run('empty.jsonl');
    expect({status, stderr}).toEqual({status: 0, stderr: ''});
    expect(stdout).toContain('0 audit records in 1 line\nneeds eyes: nothing\n');
    expect(readFileSync(join(folder, 'empty.html'), 'utf8')).toContain('<h1>No events</h1>');
  });

  test('--help', () => {
    expect(run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: npm run report'),
    });
  });

  test.each([
    ['no file', [], 'which file?'],
    ['an unknown option', ['--frob', 'sync.jsonl'], "Unknown option '--frob'"],
    ['two files', ['sync.jsonl', 'empty.jsonl'], 'one file at a time'],
    ['a page over its own source', ['page.html'], 'would be overwritten'],
  ])('%s: exit 2', (_, args, message) => {
    expect(run(...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  test.each([
    ['a missing file', ['missing.jsonl'], 'cannot read missing.jsonl: ENOENT'],
    ['a folder', ['.'], 'cannot read .: EISDIR'],
    [
      'a place that is none',
      ['sync.jsonl', '--out', 'no/where.html'],
      'cannot write no/where.html',
    ],
  ])('%s: exit 1', (_, args, message) => {
    expect(run(...args)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(`report: ${message}`),
    });
  });
});
