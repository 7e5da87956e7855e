import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const ROOT = join(__dirname, '..', '..');
export const MAIN = join(ROOT, 'bin', 'main');
/** For NODE_OPTIONS: sleeps are skipped. */
export const FAST_CLOCK = `--require=${join(__dirname, 'fast-clock.cjs')}`;
/**
 * scripts/test.mjs asks for coverage: a profile of each resident process (resident.ts), and of the first
 * other one of a test file. Of more of them much time would go into profiles of the same lines.
 */
const PROFILES = process.env['CONNECTOR_COVERAGE'];
const MOST_PROFILES = 1;
let profiled = 0;

/** A message of the connector, as it came on stdout. */
export interface Message {
  readonly type: string;
  readonly record?: {stream: string; emitted_at: number; data: RecordData};
  readonly state?: {
    type: string;
    stream: {stream_descriptor: {name: string}; stream_state: StreamState};
    sourceStats: {recordCount: number};
  };
  readonly log?: {level: string; message: string; stack_trace?: string};
  readonly trace?: {
    type: string;
    emitted_at: number;
    error?: {
      message: string;
      internal_message?: string;
      stack_trace?: string;
      failure_type: string;
      stream_descriptor?: {name: string};
    };
    stream_status?: {
      stream_descriptor: {name: string};
      status: string;
      reasons?: {type: string; rate_limited?: {quota_reset: number}}[];
    };
  };
  readonly connectionStatus?: {status: string; message?: string};
  readonly catalog?: {streams: {name: string; json_schema: object}[]};
  readonly spec?: {connectionSpecification: object};
}

export interface RecordData {
  readonly id: string;
  readonly cloudId: string;
  readonly createdAt: string;
  readonly creationDate: number;
  readonly [field: string]: unknown;
}

export interface StreamState {
  readonly creationDate: number;
  readonly [field: string]: unknown;
}

/** What a run of the connector left behind. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly messages: Message[];
  readonly records: RecordData[];
  readonly states: StreamState[];
  /** Of STREAM_STATUS, in order. */
  readonly statuses: string[];
  readonly errors: NonNullable<NonNullable<Message['trace']>['error']>[];
}

/** The messages that a run logged at a level. */
export function logsOf(
  {messages}: Pick<Run, 'messages'>,
  level: 'ERROR' | 'WARN' | 'INFO' | 'DEBUG',
): string[] {
  return messages.flatMap(({log}) => (log?.level === level ? [log.message] : []));
}

export interface RunOptions {
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly state?: unknown;
  readonly env?: Record<string, string>;
  /** Sleeps are skipped; the default. */
  readonly fastClock?: boolean;
  /** A file descriptor that stdout goes to, instead of being collected. */
  readonly stdout?: number;
  /** Words before the command: another program that starts it. */
  readonly through?: readonly string[];
  /** It leaves its profile in any case, since it does what no other run does, or in none. See leaveProfile. */
  readonly isProfiled?: boolean;
  /** Called with the process as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** The configured catalog that Airbyte would hand over. */
export const CATALOG = {
  streams: [
    {
      stream: {
        name: 'audit_records',
        json_schema: {type: 'object', properties: {}},
        supported_sync_modes: ['full_refresh', 'incremental'],
      },
      sync_mode: 'incremental',
      destination_sync_mode: 'append_dedup',
    },
  ],
};

/** Runs a command of bin/main as a child process, as Airbyte does, until it ends. */
export async function runConnector(
  command: 'spec' | 'check' | 'discover' | 'read',
  options: RunOptions = {},
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'connector-'));
  try {
    return await collect(start(command, folder, options), options.onStart);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** A read, with the usual catalog. */
export function read(options: RunOptions): Promise<Run> {
  return runConnector('read', {catalog: CATALOG, ...options});
}

/** The list of state messages that the platform hands to the next sync. */
export function stateInput(state: StreamState | undefined): unknown {
  return state === undefined
    ? []
    : [
        {
          type: 'STREAM',
          stream: {
            stream_descriptor: {name: 'audit_records', namespace: null},
            stream_state: state,
          },
          global_: null,
          data: null,
        },
      ];
}

/** To be called with a process: calls `then` as soon as it has written a STATE. */
export function onState(then: () => void): (child: ChildProcess) => void {
  return (child) =>
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('"type":"STATE"')) {
        then();
      }
    });
}

/** Starts bin/main. `more` are further arguments. */
export function start(
  command: string,
  folder: string,
  options: RunOptions,
  more: readonly string[] = [],
): ChildProcess {
  const args = [command, ...more, ...writeInputs(folder, options)];
  const preload = options.fastClock === false ? '' : FAST_CLOCK;
  const [program, ...words] = [...(options.through ?? []), MAIN, ...args];
  return spawn(program!, words, {
    cwd: folder,
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
    env: {
      ...process.env,
      LOG_LEVEL: '',
      NODE_OPTIONS: preload,
      ...leaveProfile(options.isProfiled),
      ...options.env,
    },
  });
}

/** What makes a process leave its profile; nothing where no more are wanted. */
export function leaveProfile(isWanted = profiled++ < MOST_PROFILES): Record<string, string> {
  return PROFILES && isWanted ? {NODE_V8_COVERAGE: PROFILES} : {};
}

/** Writes the inputs into files, a string as it is. @returns the options that name them */
export function writeInputs(
  folder: string,
  inputs: Pick<RunOptions, 'config' | 'catalog' | 'state'>,
): string[] {
  return (['config', 'catalog', 'state'] as const).flatMap((name) => {
    const content = inputs[name];
    if (content === undefined) {
      return [];
    }
    const path = join(folder, `${name}.txt`);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return [`--${name}`, path];
  });
}

/** Collects what a started connector writes, until it ends. */
export async function collect(
  child: ChildProcess,
  onStart?: (child: ChildProcess) => void,
): Promise<Run> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve([code, signal]));
  });
  onStart?.(child);
  const [code, signal] = await ended;
  const stdout = Buffer.concat(out).toString('utf8');
  return summarise(code, signal, stdout, Buffer.concat(err).toString('utf8'));
}

/** What a run left behind, taken apart. */
export function summarise(
  code: number | null,
  signal: NodeJS.Signals | null,
  stdout: string,
  stderr: string,
): Run {
  // A process that was killed may leave half a line behind; nobody reads that as a message.
  const lines = stdout.split('\n').slice(0, -1);
  const messages = lines.map((line) => JSON.parse(line) as Message);
  return {
    code,
    signal,
    stdout,
    stderr,
    messages,
    records: messages.flatMap(({record}) => (record ? [record.data] : [])),
    states: messages.flatMap(({state}) => (state ? [state.stream.stream_state] : [])),
    statuses: messages.flatMap(({trace}) => trace?.stream_status?.status ?? []),
    errors: messages.flatMap(({trace}) => trace?.error ?? []),
  };
}
