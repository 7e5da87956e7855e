import {type ChildProcess, fork} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, expect} from '@jest/globals';

import {
  CATALOG,
  leaveProfile,
  type Run,
  type RunOptions,
  summarise,
  writeInputs,
} from './connector';

/** What a run in a resident process can be given: nothing that takes a process of its own. */
export type ResidentOptions = Pick<RunOptions, 'config' | 'catalog' | 'state' | 'env'>;

/** A run, and how many ms it has lived by its own clock. */
export type ResidentRun = Run & {readonly livedMs: number};

interface Outcome {
  readonly id: number;
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly livedMs: number;
}

/** What Node, and what is loaded into it, looks at when it starts. */
const SEEN_AT_START = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'OTHER_NETWORK'];

/** See resident-process.cjs. It is started by the first run, and ends with the test file. */
class Resident {
  private child: ChildProcess | undefined;
  /** What Node itself had to say, or why it ended. */
  private stderr = '';
  private count = 0;
  private readonly waiting = new Map<number, (outcome: Outcome | Error) => void>();

  /** @param startEnv what it sees when it starts */
  constructor(private readonly startEnv: Readonly<Record<string, string>>) {}

  async run(argv: readonly string[], env: Record<string, string>): Promise<Outcome> {
    this.child ??= this.start();
    const id = ++this.count;
    this.child.send({id, argv, env});
    const outcome = await new Promise<Outcome | Error>((resolve) => this.waiting.set(id, resolve));
    if (outcome instanceof Error) {
      throw outcome;
    }
    return outcome;
  }

  async end(): Promise<void> {
    const {child} = this;
    if (child) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
      expect(this.stderr).toBe('');
    }
  }

  private start(): ChildProcess {
    // Its garbage is much and short-lived, and the other cores have work of their own.
    const child = fork(join(__dirname, 'resident-process.cjs'), {
      serialization: 'advanced',
      execArgv: ['--min-semi-space-size=32', '--max-semi-space-size=32', '--single-threaded-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        LOG_LEVEL: '',
        NODE_OPTIONS: '',
        ...this.startEnv,
        ...leaveProfile(true),
      },
    });
    child.stderr!.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    child.on('message', (outcome: Outcome) => {
      this.waiting.get(outcome.id)!(outcome);
      this.waiting.delete(outcome.id);
    });
    child.on('exit', () => {
      const error = new Error(`the resident process ended: ${this.stderr}`);
      this.waiting.forEach((settle) => settle(error));
      this.waiting.clear();
    });
    return child;
  }
}

/** One for each environment that some run was to start in. */
const residents = new Map<string, Resident>();

afterAll(() => Promise.all(Array.from(residents.values(), (resident) => resident.end())));

function residentIn(env: Readonly<Record<string, string>>): Resident {
  const startEnv = Object.fromEntries(
    SEEN_AT_START.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  const key = JSON.stringify(startEnv);
  const resident = residents.get(key) ?? new Resident(startEnv);
  residents.set(key, resident);
  return resident;
}

/** Runs the program with these arguments. */
export async function runProgram(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ResidentRun> {
  const argv = ['node', 'main', ...args];
  const {code, stdout, stderr, livedMs} = await residentIn(env).run(argv, env);
  const texts = [stdout, stderr].map((bytes) => Buffer.from(bytes).toString()) as [string, string];
  return {...summarise(code, null, ...texts), livedMs};
}

/** Runs a command as connector.ts does, but in a process that has run others; sleeps are skipped. */
export async function runConnector(
  command: 'spec' | 'check' | 'discover' | 'read',
  {env, ...inputs}: ResidentOptions = {},
): Promise<ResidentRun> {
  const folder = mkdtempSync(join(tmpdir(), 'resident-'));
  try {
    return await runProgram([command, ...writeInputs(folder, inputs)], env);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** A read, with the usual catalog. */
export function read(options: ResidentOptions): Promise<ResidentRun> {
  return runConnector('read', {catalog: CATALOG, ...options});
}
