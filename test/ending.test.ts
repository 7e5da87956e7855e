import {type ChildProcess, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {constants, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';

import {generateLog} from '../sandbox/generate';
import type {Intercept} from '../sandbox/options';
import type {Sandbox} from '../sandbox/server';
import {answer, onAudit, silence} from './support/answers';
import {atRest, backfill, confluence, DAY, NOW} from './support/confluence';
import {
  CATALOG,
  collect,
  FAST_CLOCK,
  type Run,
  type RunOptions,
  runConnector,
  start,
} from './support/connector';
import {expectFailedCheck} from './support/expect-failure';
import {asProcessOne, processOneUnder} from './support/process-one';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** Longer than the second that is promised, since the machine has other things to do; what hangs lasts for minutes. */
const AT_ONCE_MS = 3000;
/** More than the pipe holds, and what may wait for it. */
const COUNT = 6000;
const LOG = generateLog({seed: 21, count: COUNT, from: NOW - 20 * DAY, to: NOW, shape: 'even'});
const processOne = asProcessOne();

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ending-'));
});
afterEach(() => {
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
  rmSync(folder, {recursive: true});
});

function preload(file: string): string {
  return `--require=${join(__dirname, 'support', file)}`;
}

function startRead(sandbox: Sandbox, options: RunOptions = {}): ChildProcess {
  const config = options.config ?? backfill(sandbox);
  const child = start('read', mkdtempSync(join(folder, 'read-')), {
    catalog: CATALOG,
    fastClock: false,
    ...options,
    config,
  });
  children.push(child);
  return child;
}

/** Resolves when `isTrue` holds, within the test's time. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await sleep(5);
  }
}

/** What a process hangs in when the signal comes. */
interface Place {
  readonly name: string;
  readonly intercept?: Intercept;
  readonly isUnread?: true;
  readonly hasStuckDns?: true;
}

const PLACES: Place[] = [
  {name: 'while an answer is awaited', intercept: onAudit(silence)},
  {
    name: 'in a wait of minutes',
    intercept: onAudit(answer(429, {}, {'Retry-After': '600'})),
  },
  {name: 'while nobody reads', isUnread: true},
  {name: 'in a look-up of DNS that hangs', hasStuckDns: true},
];

/** Starts a read and resolves when it hangs there. */
async function hangIn(place: Place, through: readonly string[] = []): Promise<ChildProcess> {
  const sandbox = await confluence({
    log: LOG,
    ...(place.intercept && {intercept: place.intercept}),
  });
  const fifo = join(folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
  const host = place.hasStuckDns ? {api_url: sandbox.url.replace('127.0.0.1', 'localhost')} : {};
  const child = startRead(sandbox, {
    config: backfill(sandbox, host),
    through,
    ...(place.hasStuckDns && {env: {NODE_OPTIONS: preload('stuck-dns.cjs'), STUCK_DNS: fifo}}),
  });
  if (place.hasStuckDns) {
    await once(child.stdout!, 'data');
    await sleep(200);
    return child;
  }
  await atRest(sandbox);
  return child;
}

/** Collects the output from now on, where somebody reads, and resolves when the process has ended. */
async function endOf(child: ChildProcess, {isUnread}: Place): Promise<Run | undefined> {
  if (!isUnread) {
    return collect(child);
  }
  await once(child, 'exit');
  return undefined;
}

const ENDINGS: [string, NodeJS.Signals, Place][] = [
  ...PLACES.map((place): (typeof ENDINGS)[number] => [place.name, 'SIGTERM', place]),
  ...(['SIGINT', 'SIGHUP'] as const).map((signal): (typeof ENDINGS)[number] => [
    PLACES[1]!.name,
    signal,
    PLACES[1]!,
  ]),
];

describe('a signal: it ends at once, quietly and by the signal', () => {
  /** Sends the signal, and says how the process has ended. */
  async function endBySignal(
    place: Place,
    signal: NodeJS.Signals,
    through: readonly string[] = [],
  ): Promise<object> {
    const child = await hangIn(place, through);
    const ended = endOf(child, place);
    const sentMs = Date.now();
    process.kill(through.length > 0 ? processOneUnder(child) : child.pid!, signal);
    const run = await ended;
    expect(run?.stderr ?? '').toBe('');
    expect(run?.statuses ?? []).not.toContain('COMPLETE');
    expect(Date.now() - sentMs).toBeLessThan(AT_ONCE_MS);
    return {code: child.exitCode, signal: child.signalCode};
  }

  test.each(ENDINGS)('%s: %s', async (_, signal, place) => {
    expect(await endBySignal(place, signal)).toEqual({code: null, signal});
  });

  // The kernel lets no signal kill process 1, so it says by its code what has ended it.
  (processOne ? test : test.skip).each(ENDINGS)(
    '%s, as process 1: %s',
    async (_, signal, place) => {
      const code = 128 + constants.signals[signal];
      expect(await endBySignal(place, signal, processOne)).toEqual({code, signal: null});
    },
  );
});

describe('a signal in the middle of the output', () => {
  test.each(SIGNALS)('%s: the line that is being written is finished', async (signal) => {
    const sandbox = await confluence({log: LOG});
    const child = startRead(sandbox);
    const ended = collect(child);
    let isSent = false;
    child.stdout!.on('data', (chunk: Buffer) => {
      if (!isSent && chunk.includes('"RECORD"')) {
        isSent = child.kill(signal);
        child.stdout!.pause();
        setTimeout(() => child.stdout!.resume(), 100);
      }
    });
    const run = await ended;
    expect([run.signal, run.stderr]).toEqual([signal, '']);
    expect(run.records.length).toBeGreaterThan(0);
    expect(run.records.length).toBeLessThan(COUNT);
    expect(run.stdout.endsWith('}\n')).toBe(true);
    expect(run.messages.at(-1)?.type).toBe('RECORD');
  });
});

(processOne ? test : test.skip)('as process 1 it does all that it does elsewhere', async () => {
  const sandbox = await confluence();
  const config = sandbox.settings();
  const child = start('check', folder, {config, through: processOne!, isProfiled: true});
  const run = await collect(child);
  expect(run).toMatchObject({code: 0, stderr: ''});
  expect(run.messages.at(-1)?.connectionStatus?.status).toBe('SUCCEEDED');
  const refused = await collect(start('discover', folder, {config: {}, through: processOne!}));
  expect(refused).toMatchObject({code: 1, stderr: ''});
  expect(refused.errors).toHaveLength(1);
});

test('a reader that goes away in a wait of minutes ends it soon', async () => {
  const sandbox = await confluence({intercept: answer(429, {}, {'Retry-After': '600'})});
  /** The reader goes when it has seen the status so often. */
  async function leaveAfter(count: number, level: string): Promise<void> {
    const child = startRead(sandbox, {
      env: {LOG_LEVEL: level, NODE_OPTIONS: preload('fast-intervals.cjs')},
    });
    let errors = '';
    child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    let seen = '';
    child.stdout!.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await until(() => seen.split('RATE_LIMITED').length > count);
    child.stdout!.destroy();
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, signal, errors]).toEqual([1, null, '']);
    // What is told again and again is what was told first.
    const told = [...seen.matchAll(/"stream_status":.+RATE_LIMITED.+/g)];
    expect(new Set(told.map(([status]) => status)).size).toBe(1);
  }
  await Promise.all([leaveAfter(1, 'INFO'), leaveAfter(2, 'FATAL')]);
});

describe('an exception that nobody caught', () => {
  const THROW = {NODE_OPTIONS: `${FAST_CLOCK} ${preload('throw-later.cjs')}`};
  const says = /failed in a way it should not/;

  test('in the middle of a read is told, with its stream, and INCOMPLETE', async () => {
    const sandbox = await confluence({log: LOG, pageCap: 100, delayMs: 20});
    const run = await collect(startRead(sandbox, {env: {...THROW, THROW_AT: 'RECORD'}}));
    expect(run).toMatchObject({
      code: 1,
      stderr: '',
      statuses: ['STARTED', 'RUNNING', 'INCOMPLETE'],
    });
    expect(run.records.length).toBeGreaterThan(0);
    expect(run.errors).toEqual([
      {
        message: expect.stringMatching(says),
        internal_message: expect.any(String),
        stack_trace: expect.stringMatching(/\n\s+at /),
        failure_type: 'system_error',
        stream_descriptor: {name: 'audit_records'},
      },
    ]);
    expect(run.messages.at(-1)?.trace?.stream_status?.status).toBe('INCOMPLETE');
    expect(run.stdout).not.toMatch(/\\n::error::/);
  });

  test('in a check is a check that failed', async () => {
    const sandbox = await confluence();
    const env = {...THROW, THROW_AT: 'request'};
    expectFailedCheck(await runConnector('check', {config: sandbox.settings(), env}), says);
  });
});
