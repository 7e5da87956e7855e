import {type ChildProcess, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {wrap} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {Script} from 'node:vm';

import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';

import type {AuditLog} from '../sandbox/audit-log';
import {generateLog} from '../sandbox/generate';
import type {Sandbox} from '../sandbox/server';
import {onAudit, silence} from './support/answers';
import {atRest, backfill, confluence, DAY, NOW} from './support/confluence';
import {
  CATALOG,
  collect,
  type Message,
  read,
  type Run,
  start,
  stateInput,
} from './support/connector';
import {assertExactly} from './support/exactly';
import {read as readInResident} from './support/resident';

const MAIN = join(__dirname, '..', 'bin', 'main');
const COUNT = 6000;
const LOG = officeLog(COUNT);

function officeLog(count: number): AuditLog {
  return generateLog({seed: 21, count, from: NOW - 20 * DAY, to: NOW, shape: 'office'});
}

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'process-'));
});
afterEach(() => {
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
  rmSync(folder, {recursive: true});
});

/** A read of all that the sandbox holds, with the process in hand. */
function startRead(sandbox: Sandbox, stdout?: number): ChildProcess {
  const options = {config: backfill(sandbox), catalog: CATALOG};
  const child = start('read', folder, {...options, ...(stdout !== undefined && {stdout})});
  children.push(child);
  return child;
}

describe('kill -9 in the middle of a backfill', () => {
  /** Enough for more STATEs than are waited for. */
  const log = officeLog(14_000);

  test.each([1, 2])(
    'after STATE %i: what follows that STATE comes again, the rest does not',
    async (nth) => {
      const sandbox = await confluence({log, pageCap: 250, delayMs: 60});
      const killed = await killAfterState(startRead(sandbox), nth);
      expect(killed.signal).toBe('SIGKILL');
      expect(killed.statuses).not.toContain('COMPLETE');

      expect(killed.states.length).toBeGreaterThanOrEqual(nth);
      const resumed = await readInResident({
        config: backfill(sandbox),
        state: stateInput(killed.states.at(-1)),
      });
      expect(resumed).toMatchObject({code: 0, errors: []});

      const covered = countBeforeLastState(killed.messages);
      const kept = killed.records.slice(0, covered).map(({id}) => id);
      const repeatable = killed.records.slice(covered).map(({id}) => id);
      const again = resumed.records.map(({id}) => id);
      expect(kept.length + again.length).toBe(log.size);
      expect(new Set([...kept, ...again]).size).toBe(log.size);
      expect(again.slice(0, repeatable.length)).toEqual(repeatable);
      const union = [...killed.records.slice(0, covered), ...resumed.records];
      assertExactly(union, log);
    },
  );
});

/** Reads the output until so many STATEs have come, and kills the process by the signal it cannot handle. */
async function killAfterState(child: ChildProcess, nth: number): Promise<Run> {
  let states = 0;
  child.stdout!.on('data', (chunk: Buffer) => {
    states += chunk.toString('latin1').split('"type":"STATE"').length - 1;
    if (states >= nth) {
      child.kill('SIGKILL');
    }
  });
  return collect(child);
}

function countBeforeLastState(messages: readonly Message[]): number {
  const last = messages.findLastIndex(({state}) => state !== undefined);
  return messages.slice(0, last).filter(({record}) => record !== undefined).length;
}

describe('stdout', () => {
  test('a reader that goes away: ends quietly, and is no success', async () => {
    const sandbox = await confluence({log: LOG});
    const child = startRead(sandbox);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const errors: Buffer[] = [];
    child.stderr!.on('data', (chunk: Buffer) => errors.push(chunk));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({code, signal, stderr: Buffer.concat(errors).toString()}).toEqual({
      code: 1,
      signal: null,
      stderr: '',
    });
  });

  test('a reader that is gone before the first line', async () => {
    const child = start('spec', folder, {});
    child.stdout!.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(1);
  });

  test('a full disk: is no success', async () => {
    const sandbox = await confluence();
    const full = openSync('/dev/full', 'w');
    const child = startRead(sandbox, full);
    closeSync(full);
    const run = await collect(child);
    expect({code: run.code, stderr: run.stderr}).toEqual({code: 1, stderr: ''});
  });

  test('a file: the same as a pipe', async () => {
    const sandbox = await confluence({log: LOG});
    const path = join(folder, 'stdout');
    const file = openSync(path, 'w');
    const child = startRead(sandbox, file);
    closeSync(file);
    const {code} = await collect(child);
    expect(code).toBe(0);
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const messages = lines.map((line) => JSON.parse(line) as Message);
    expect(messages.filter(({type}) => type === 'RECORD')).toHaveLength(COUNT);
    expect(messages.at(-1)?.trace?.stream_status?.status).toBe('COMPLETE');
  });

  test('a slow reader: is waited for, and gets all', async () => {
    const sandbox = await confluence({log: LOG});
    const child = startRead(sandbox);
    const ended = collect(child);
    let pauses = 0;
    let bytes = 0;
    child.stdout!.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > pauses * 300_000) {
        pauses++;
        child.stdout!.pause();
        setTimeout(() => child.stdout!.resume(), 20);
      }
    });
    const run = await ended;
    expect(pauses).toBeGreaterThan(10);
    expect({code: run.code, stderr: run.stderr}).toEqual({code: 0, stderr: ''});
    expect(run.records).toHaveLength(COUNT);
  });

  test('nobody reads: it stops fetching, and goes on when somebody does', async () => {
    const count = 80_000;
    const log = generateLog({seed: 22, count, from: NOW - 20 * DAY, to: NOW, shape: 'even'});
    const sandbox = await confluence({log});
    const child = startRead(sandbox);
    await atRest(sandbox);
    const {length: before} = sandbox.requests;
    expect(child.exitCode).toBeNull();
    child.stdout!.resume();
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    expect(before).toBeLessThan(sandbox.requests.length * 0.7);
  });
});

test('stdout that was set to be non-blocking: all comes all the same', async () => {
  const sandbox = await confluence({log: LOG});
  const counted = join(folder, 'refusals');
  const preload = join(__dirname, 'support', 'non-blocking-stdout.cjs');
  const child = start('read', folder, {
    config: backfill(sandbox),
    catalog: CATALOG,
    env: {NODE_OPTIONS: `--require=${preload}`, EAGAIN_FILE: counted},
  });
  children.push(child);
  child.stdout!.pause();
  const ended = collect(child);
  await atRest(sandbox);
  child.stdout!.resume();
  const run = await ended;
  expect({code: run.code, stderr: run.stderr}).toEqual({code: 0, stderr: ''});
  expect(run.records).toHaveLength(COUNT);
  expect(run.statuses.at(-1)).toBe('COMPLETE');
  expect(Number(readFileSync(counted, 'utf8'))).toBeGreaterThan(0);
});

describe('what Node itself would tell or open', () => {
  test('NODE_DEBUG writes no credentials to stderr, and changes nothing', async () => {
    const sandbox = await confluence();
    const {email, token} = sandbox.options;
    const run = await read({config: backfill(sandbox), env: {NODE_DEBUG: 'http,http2,net,tls'}});
    expect(run).toMatchObject({code: 0, stderr: '', errors: []});
    expect(run.records).toHaveLength(3);
    const basic = Buffer.from(`${email}:${token}`).toString('base64');
    expect(run.stdout + run.stderr).not.toContain(basic);
  });

  test.each(['child_process', '*'])("nor the environment's, with %s", async (sections) => {
    const env = {NODE_DEBUG: sections, HTTPS_PROXY: 'http://user:s3cret-pw@127.0.0.1:9'};
    const run = await read({config: backfill(await confluence()), env});
    expect(run.code).toBe(0);
    expect(run.stdout + run.stderr).not.toContain('s3cret-pw');
  });

  test('SIGUSR1 opens no debugger, and changes nothing', async () => {
    const sandbox = await confluence({intercept: onAudit(silence)});
    const child = startRead(sandbox);
    const ended = collect(child);
    while (sandbox.requests.length === 0) {
      await sleep(5);
    }
    child.kill('SIGUSR1');
    await sleep(300);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({signal: 'SIGTERM', stderr: ''});
  });
});

describe('how it starts', () => {
  test('works from any folder, and through a link', () => {
    const link = join(folder, 'source');
    symlinkSync(MAIN, link);
    const {status, stdout} = spawnSync(link, ['spec'], {cwd: '/', encoding: 'utf8'});
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({type: 'SPEC'});
  });

  test("by an `env` that knows no options, as busybox's", () => {
    // All that stands behind the first blank is one argument: the name of a program that must exist.
    const [line = ''] = readFileSync(MAIN, 'utf8').split('\n', 1);
    const [, interpreter, argument] = /^#!(\S+) (.+)$/.exec(line)!;
    expect([interpreter, argument]).toEqual(['/usr/bin/env', 'node']);
  });

  describe('what the build has compiled', () => {
    const dist = join(__dirname, '..', 'dist');
    const compiled = readFileSync(join(dist, 'main.cache'));

    test('is taken by the Node.js that compiled it', () => {
      const filename = join(dist, 'main.js');
      const text = wrap(readFileSync(filename, 'utf8'));
      const script = new Script(text, {filename, cachedData: compiled});
      expect(script.cachedDataRejected).toBe(false);
    });

    test.each([
      ['is missing', undefined],
      ['is of another version', Buffer.alloc(compiled.length, 1)],
      ['was cut off', compiled.subarray(0, 100_000)],
      ['is empty', Buffer.alloc(0)],
    ])('%s: it is compiled again', (_, bytes) => {
      cpSync(join(__dirname, '..', 'bin'), join(folder, 'bin'), {recursive: true});
      mkdirSync(join(folder, 'dist'));
      cpSync(join(dist, 'main.js'), join(folder, 'dist', 'main.js'));
      if (bytes) {
        writeFileSync(join(folder, 'dist', 'main.cache'), bytes);
      }
      const {status, stdout} = spawnSync(join(folder, 'bin', 'main'), ['spec'], {encoding: 'utf8'});
      expect([status, JSON.parse(stdout).type]).toEqual([0, 'SPEC']);
    });
  });

  test.each([
    ['bin/main', [MAIN, 'spec']],
    ['npm run setup', [join(__dirname, '..', 'scripts', 'setup.mjs')]],
  ])('on a Node that is too old %s says which one is needed', (_, args) => {
    const preload = join(__dirname, 'support', 'old-node.cjs');
    const {status, stdout, stderr} = spawnSync('node', ['--require', preload, ...args], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/needs Node\.js 20\.19 or newer; this is 20\.18\.3\.\n$/);
  });
});
