import {type ChildProcess, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';

import {generateLog} from '../sandbox/generate';
import type {Sandbox} from '../sandbox/server';
import {answer, onAudit, silence} from './support/answers';
import {asSent, backfill, confluence, DAY, NOW} from './support/confluence';
import {
  CATALOG,
  collect,
  type Message,
  read,
  type Run,
  start,
  stateInput,
} from './support/connector';

const COUNT = 20_000;
const LOG = generateLog({seed: 21, count: COUNT, from: NOW - 20 * DAY, to: NOW, shape: 'office'});

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

/** Resolves when `isTrue` holds, within the test's time. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await sleep(5);
  }
}

describe('SIGTERM: dies by the signal, at once', () => {
  test.each<[string, Parameters<typeof onAudit>[0]]>([
    ['while an answer is awaited', silence],
    ['while a Retry-After is waited for', answer(429, {}, {'Retry-After': '600'})],
  ])('%s', async (_, script) => {
    const sandbox = await confluence({intercept: onAudit(script)});
    const child = start('read', folder, {
      config: backfill(sandbox),
      catalog: CATALOG,
      fastClock: false,
    });
    const ended = collect(child);
    await until(() => sandbox.requests.length > 0);
    await sleep(100);
    child.kill('SIGTERM');
    const run = await ended;
    expect({code: run.code, signal: run.signal, stderr: run.stderr}).toEqual({
      code: null,
      signal: 'SIGTERM',
      stderr: '',
    });
    expect(run.statuses).not.toContain('COMPLETE');
  });

  test('in the middle of its output', async () => {
    const sandbox = await confluence({log: LOG});
    const child = startRead(sandbox);
    const ended = collect(child);
    child.stdout!.once('data', () => child.kill('SIGTERM'));
    const run = await ended;
    expect({signal: run.signal, stderr: run.stderr}).toEqual({signal: 'SIGTERM', stderr: ''});
  });
});

describe('kill -9 in the middle of a backfill', () => {
  test.each([1, 2])(
    'after STATE %i: what follows that STATE comes again, the rest does not',
    async (nth) => {
      const sandbox = await confluence({log: LOG, delayMs: 60});
      const killed = await killAfterState(startRead(sandbox), nth);
      expect(killed.signal).toBe('SIGKILL');
      expect(killed.statuses).not.toContain('COMPLETE');
      expect(killed.states.length).toBeGreaterThanOrEqual(nth);
      const resumed = await read({
        config: backfill(sandbox),
        state: stateInput(killed.states.at(-1)),
      });
      expect(resumed).toMatchObject({code: 0, errors: []});

      const covered = countBeforeLastState(killed.messages);
      const kept = killed.records.slice(0, covered).map(({id}) => id);
      const repeatable = killed.records.slice(covered).map(({id}) => id);
      const again = resumed.records.map(({id}) => id);
      expect(kept.length + again.length).toBe(COUNT);
      expect(new Set([...kept, ...again]).size).toBe(COUNT);
      expect(again.slice(0, repeatable.length)).toEqual(repeatable);
      const union = [...killed.records.slice(0, covered), ...resumed.records];
      expect(sortedJson(union.map(asSent))).toEqual(sortedJson([...sandbox.log]));
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

function sortedJson(values: readonly object[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort();
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
      if (bytes > pauses * 1_000_000) {
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
    const count = 60_000;
    const log = generateLog({seed: 22, count, from: NOW - 20 * DAY, to: NOW, shape: 'even'});
    const sandbox = await confluence({log});
    const child = startRead(sandbox);
    let before = 0;
    // At rest: no request came within a quarter of a second.
    while (before === 0 || before !== sandbox.requests.length) {
      before = sandbox.requests.length;
      await sleep(250);
    }
    expect(child.exitCode).toBeNull();
    expect(sandbox.requests.length).toBeLessThan(count / 1000 / 2);
    child.stdout!.once('data', () => child.stdout!.destroy());
    await once(child, 'close');
  });
});

test('works from any folder, and through a link', () => {
  const link = join(folder, 'source');
  const main = join(__dirname, '..', 'bin', 'main');
  expect(spawnSync('ln', ['-s', main, link]).status).toBe(0);
  const {status, stdout} = spawnSync(link, ['spec'], {cwd: '/', encoding: 'utf8'});
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({type: 'SPEC'});
});
