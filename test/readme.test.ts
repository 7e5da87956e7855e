import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';

import lockfile from '../package-lock.json';
import manifest from '../package.json';
import {copyOfTree, openLinkingTerminal, type Outcome, runIn} from './support/readme-copy';
import {blocksOf, README, textOf} from './support/page-text';

const MINUTE = 60_000;
/** It would run this test, and that one itself again. */
const NOT_RUN = 'npm test';

interface Step {
  readonly command: string;
  /** What the README says it prints. */
  readonly output: readonly string[];
}

/** The commands of a page, and what it shows of their output. */
function stepsOf(page: string): Step[] {
  const blocks = blocksOf(page);
  return blocks.flatMap(({language, lines}, n) => {
    const next = blocks[n + 1];
    const output = next?.language === 'text' && lines.length === 1 ? next.lines : [];
    return language === 'console'
      ? lines.map((line) => ({command: line.replace(/^\$ /, ''), output}))
      : [];
  });
}

/** Without what is different each time: ports, times, speeds, and what hangs on the hour. */
function normalise(line: string): string {
  return (
    line
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replaceAll(/[\d,.]+ (m?s\b|records a second)/g, '<n> $1')
      // How many of a backfill there are hangs on the hour, and so does what the last hour leaves to remember.
      .replaceAll(/\d{2,} requests/g, '<n> requests')
      .replaceAll(/\d+ ids?\b/g, '<n> ids')
      .trimEnd()
  );
}

const [first, ...others] = [...stepsOf(README), ...stepsOf(textOf('CONTRIBUTING.md'))];
const copy = copyOfTree();
const programs = mkdtempSync(join(tmpdir(), 'readme-npm-'));
const {env, installations} = openLinkingTerminal(programs);
const run = (command: string): Outcome => runIn(copy, command, env);

afterAll(() => [copy, programs].forEach((folder) => rmSync(folder, {recursive: true})));

describe('on a fresh clone, the commands of our pages', () => {
  let installed: Outcome;
  beforeAll(() => {
    installed = run(first!.command);
  });

  test(`${first!.command}: prints what the README shows`, () => {
    expectSuccess(installed);
    expectOutput(installed.stdout, first!.output);
  });

  const steps = others.filter(({command}) => !command.startsWith(NOT_RUN));

  test.each(steps)('$command: succeeds, and prints what is shown', ({command, output}) => {
    const outcome = run(command);
    expectSuccess(outcome);
    expectOutput(outcome.stdout, output);
  });

  test('the first one installs what the lockfile names, and no other does', () => {
    expect(installations()).toEqual([expect.stringMatching(/^ci --ignore-scripts /)]);
  });

  test(`${NOT_RUN} is there, and is not run, since it runs this test`, () => {
    expect(stepsOf(README).map(({command}) => command)).toContain(NOT_RUN);
    expect(existsSync(join(copy, manifest.scripts.test.replace('node ', '')))).toBe(true);
  });

  test('what the demo leaves behind is where it says, and makes a report again', () => {
    expect(installed.stdout).toMatch(/^Report +demo-output\/report\.html$/m);
    expect(installed.stdout).toMatch(/^Raw messages +demo-output\/\*\.jsonl$/m);
    const page = join(copy, 'demo-output', 'report.html');
    expect(readFileSync(page, 'utf8')).toContain('<html');
    rmSync(page);
    const report = run('npm run report -- demo-output/backfill.jsonl');
    expectSuccess(report);
    expect(report.stdout).toContain('20,000 audit records');
    expect(existsSync(join(copy, 'demo-output', 'backfill.html'))).toBe(true);
  });

  test(
    'npm run sandbox: prints commands that work, until Ctrl-C',
    async () => {
      const sandbox = spawn('npm', ['run', 'sandbox'], {
        cwd: copy,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      const ended = new Promise((resolve) => sandbox.once('close', resolve));
      const printed: string[] = [];
      for await (const line of createInterface(sandbox.stdout)) {
        printed.push(line);
        if (line.startsWith('Ctrl-C')) {
          break;
        }
      }
      const commands = printed.filter((line) => line.startsWith('  bin/main '));
      const [, settings = ''] = /^ {2}settings +(\S+)$/m.exec(printed.join('\n')) ?? [];
      expect(settings).not.toBe('');
      const [check, read] = commands.map((command) => run(command));
      expectFirstSyncByHand(JSON.parse(readFileSync(settings, 'utf8')) as object);
      // To all of its processes, as a terminal does it.
      process.kill(-sandbox.pid!, 'SIGINT');
      await ended;
      expect(commands).toHaveLength(2);
      [check, read].forEach((outcome) => expectSuccess(outcome!));
      expect(check!.stdout.match(/"status":"SUCCEEDED"/g)).toHaveLength(1);
      expect(read!.stdout.match(/^\{"type":"RECORD"/gm)?.length).toBe(10_000);
      expect(existsSync(settings)).toBe(false);
    },
    2 * MINUTE,
  );
});

test('the lockfile names what package.json asks for, without which it installs nothing', () => {
  const asked = ({dependencies, devDependencies}: Partial<typeof manifest>): object => ({
    dependencies,
    devDependencies,
  });
  expect(asked(lockfile.packages[''])).toEqual(asked(manifest));
});

/** What the README says to paste into a shell, with settings of a site that is there. */
function expectFirstSyncByHand(settings: object): void {
  const [block] = blocksOf(README).filter(({language}) => language === 'sh');
  const example = block!.lines.find((line) => line.startsWith('{'))!;
  expect(Object.keys(settings)).toEqual(
    expect.arrayContaining(Object.keys(JSON.parse(example) as object)),
  );
  const pasted = block!.lines.join('\n').replace(example, () => JSON.stringify(settings));
  const outcome = run(pasted);
  expectSuccess(outcome);
  expect(outcome.stdout).toContain('"status":"SUCCEEDED"');
  expect(outcome.stdout).toContain('10,000 audit records');
  expect(existsSync(join(copy, 'secrets', 'log.html'))).toBe(true);
  expect(statSync(join(copy, 'secrets', 'config.json')).mode % 0o100).toBe(0);
  expectSuccess(run('git check-ignore secrets/config.json secrets/log.jsonl'));
}

function expectSuccess({status, stdout, stderr}: Outcome): void {
  // Of an output only the end is of interest, should it have failed.
  expect({status, end: status === 0 ? '' : `${stdout}${stderr}`.slice(-2000)}).toEqual({
    status: 0,
    end: '',
  });
}

/** All these lines stand in the output, one after the other, with nothing in between. */
function expectOutput(stdout: string, expected: readonly string[]): void {
  const lines = stdout.split('\n').map(normalise);
  const wanted = expected.map(normalise);
  const start = Math.max(0, lines.indexOf(wanted[0] ?? ''));
  expect(lines.slice(start, start + wanted.length)).toEqual(wanted);
}
