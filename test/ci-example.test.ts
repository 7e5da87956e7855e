import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';

import type {AuditLog} from '../sandbox/audit-log';
import {generateLog} from '../sandbox/generate';
import manifest from '../package.json';
import {answer, onAudit} from './support/answers';
import {confluence, DAY, HOUR} from './support/confluence';
import {CATALOG} from './support/connector';
import {ROOT} from './support/page-text';

const SYNC = join(ROOT, 'examples', 'ci', 'sync.sh');
const MAIN = join(ROOT, 'bin', 'main');

let root: string;
/** The folder that sync.sh works in; it has a blank in its path, as many have. */
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ci example-'));
  folder = join(root, 'audit log');
  mkdirSync(folder);
  write('config.json', '{}');
  write('catalog.json', JSON.stringify(CATALOG));
});
afterEach(() => {
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
  rmSync(root, {recursive: true});
});

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const contentOf = (name: string): string | undefined =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined;
const keptIds = (): string[] =>
  (contentOf('records.jsonl') ?? '')
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as {id: string}).id);

/** Of the last day, up to an hour ago. */
function recentLog(count: number): AuditLog {
  const to = Date.now() - HOUR;
  return generateLog({seed: 3, count, from: to - DAY, to, shape: 'even'});
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs sync.sh as a person would. */
async function sync(env: Record<string, string>, onStart?: (child: ChildProcess) => Promise<void>) {
  const child = spawn('sh', [SYNC, folder], {env: {...process.env, NODE_OPTIONS: '', ...env}});
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;
  await onStart?.(child);
  const [code] = await closed;
  return {code, stdout, stderr} satisfies Outcome;
}

const SUCCEEDED = '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}\n';
const recordLine = (id: number): string =>
  `{"type":"RECORD","record":{"stream":"audit_records","emitted_at":1,"data":{"id":"${id}"}}}\n`;
const recordLines = (from: number, to: number): string =>
  Array.from({length: to - from}, (_, n) => recordLine(from + n)).join('');
const stateOf = (creationDate: number, recordCount: number) => ({
  type: 'STREAM',
  stream: {stream_descriptor: {name: 'audit_records'}, stream_state: {creationDate}},
  sourceStats: {recordCount},
});
const stateLine = (creationDate: number, recordCount: number): string =>
  `${JSON.stringify({type: 'STATE', state: stateOf(creationDate, recordCount)})}\n`;

/** Makes a connector that says this, leaves its arguments in `args`, and then runs a line of shell. */
function madeToSay(read: string, {check = SUCCEEDED, ending = 'exit 0'} = {}): {CONNECTOR: string} {
  const path = join(root, 'a connector');
  writeFileSync(join(root, 'check'), check);
  writeFileSync(join(root, 'read'), read);
  writeFileSync(
    path,
    `#!/bin/sh
here=$(dirname "$0")
cat "$here/$1"
[ "$1" = check ] && exit 0
echo "$@" >"$here/args"
${ending}
`,
  );
  chmodSync(path, 0o755);
  return {CONNECTOR: path};
}

const argumentsOfRead = (): string => readFileSync(join(root, 'args'), 'utf8');

const hasJq = spawnSync('jq', ['--version']).status === 0;
const describeWithJq = hasJq ? describe : describe.skip;

describeWithJq('sync.sh', () => {
  test('with bin/main: each record once over two syncs, and nothing when the token has run out', async () => {
    const sandbox = await confluence({log: recentLog(1200), now: Date.now});
    const start = new Date(Date.now() - 2 * DAY).toISOString();
    write('config.json', JSON.stringify(sandbox.settings({backfill_start_time: start})));
    const first = await sync({CONNECTOR: MAIN});
    expect({code: first.code, stderr: first.stderr}).toEqual({code: 0, stderr: ''});
    expect(first.stdout).toContain('  SUCCEEDED');
    expect(first.stdout).toContain('  1200 records kept');
    expect(await sync({CONNECTOR: `${MAIN} `})).toMatchObject({code: 0, stderr: ''});
    expect(new Set(keptIds()).size).toBe(1200);
    expect(keptIds()).toHaveLength(1200);

    const state = contentOf('state.json');
    Object.assign(sandbox.options, {intercept: onAudit(answer(401, {message: 'Unauthorized'}))});
    const refused = await sync({CONNECTOR: MAIN});
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^ {2}FAILED \S/m);
    expect(refused.stdout).not.toMatch(/^read:/m);
    expect(contentOf('state.json')).toBe(state);
  });

  test('keeps what came before the last STATE when the connector is killed in the middle of a line', async () => {
    write('records.jsonl', '{"id":"0"}\n');
    const cut = recordLine(6).slice(0, 40);
    const killed = madeToSay(
      recordLines(1, 3) +
        stateLine(2, 2) +
        recordLines(3, 5) +
        stateLine(4, 2) +
        recordLine(5) +
        cut,
      {ending: 'kill -9 $$'},
    );
    const {code, stdout} = await sync(killed);
    expect({code, told: stdout.includes('  4 records kept')}).toEqual({code: 137, told: true});
    expect(keptIds()).toEqual(['0', '1', '2', '3', '4']);
    expect(JSON.parse(contentOf('state.json')!)).toEqual([stateOf(4, 2)]);
  });

  test.each([
    [
      'fails without a STATE',
      '{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"No"}}}\n',
    ],
    ['says nothing at all', ''],
    ['is killed in its first line', recordLine(1).slice(0, 20)],
    ['is killed before its first STATE', recordLines(1, 3)],
  ])('leaves a good state as it is when a read %s', async (_, said) => {
    write('state.json', 'the good one');
    const {code} = await sync(madeToSay(said, {ending: 'exit 1'}));
    expect({code, state: contentOf('state.json')}).toEqual({code: 1, state: 'the good one'});
    expect(argumentsOfRead()).toContain(`--state ${join(folder, 'state.json')}`);
    expect(keptIds()).toEqual([]);
  });

  test('the first time there is no state, and none is made up', async () => {
    await sync(madeToSay('', {ending: 'exit 1'}));
    expect(argumentsOfRead()).not.toContain('--state');
    expect(contentOf('state.json')).toBeUndefined();
  });

  test('a line that is not a message is passed over', async () => {
    const said = `WARNING: the image is old\n${recordLine(1)}42\n${recordLine(2)}\n${stateLine(2, 2)}`;
    expect(await sync(madeToSay(said))).toMatchObject({code: 0, stderr: ''});
    expect(keptIds()).toEqual(['1', '2']);
  });

  test('a record that was damaged on its way is not passed over: the STATE after it does not count', async () => {
    const damaged = recordLine(4).replace('"id"', '"id');
    const said = recordLines(1, 3) + stateLine(2, 2) + recordLine(3) + damaged + stateLine(4, 2);
    const {code, stdout} = await sync(madeToSay(said));
    expect(code).toBe(1);
    expect(stdout).toContain('a line was damaged: 1 of 2 records came');
    expect(keptIds()).toEqual(['1', '2']);
    expect(JSON.parse(contentOf('state.json')!)).toEqual([stateOf(2, 2)]);
  });

  test('a last line that was cut off does not swallow the first new one', async () => {
    write('records.jsonl', '{"id":"1"}\n{"id":"2');
    await sync(madeToSay(recordLine(2) + stateLine(2, 1)));
    expect(contentOf('records.jsonl')).toBe('{"id":"1"}\n{"id":"2\n{"id":"2"}\n');
  });

  test('told to stop, it stops the connector and keeps what has come', async () => {
    const said = recordLines(1, 3) + stateLine(2, 2) + recordLine(3);
    const endless = madeToSay(said, {ending: 'echo $$ >"$here/pid"; exec sleep 600'});
    const pid = (): string => readFileSync(join(root, 'pid'), 'utf8').trim();
    const {code} = await sync(endless, async (child) => {
      while (!existsSync(join(root, 'pid')) || pid() === '') {
        await sleep(10);
      }
      child.kill('SIGTERM');
    });
    expect({code, isAlive: existsSync(`/proc/${pid()}`)}).toEqual({code: 143, isAlive: false});
    expect(keptIds()).toEqual(['1', '2']);
    expect(JSON.parse(contentOf('state.json')!)).toEqual([stateOf(2, 2)]);
  });

  test('20,000 records between two STATEs are kept in seconds', async () => {
    const said = recordLines(0, 20_000).replaceAll('"data":{', `"data":{"a":"${'x'.repeat(500)}",`);
    const started = performance.now();
    expect(await sync(madeToSay(said + stateLine(9, 20_000)))).toMatchObject({code: 0});
    expect(keptIds()).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

/** Makes a `docker` that takes any image for the connector on this machine, and notes how it is called. */
function makeDocker(connector = MAIN): void {
  mkdirSync(join(root, 'bin'));
  const path = join(root, 'bin', 'docker');
  writeFileSync(
    path,
    `#!/bin/sh
echo "$@" >>"${root}/docker.log"
[ "$1" != login ] || cat >"${root}/password"
[ "$1" = run ] || exit 0
while [ "$1" != "$IMAGE" ]; do shift; done
shift
exec "${connector}" "$@"
`,
  );
  chmodSync(path, 0o755);
}

describeWithJq('github-workflow.yml', () => {
  interface Step {
    readonly run?: string;
    readonly if?: string;
    readonly env?: Record<string, string>;
  }
  interface Job {
    readonly env: Record<string, string>;
    readonly steps: Step[];
  }
  const text = readFileSync(join(ROOT, 'examples', 'ci', 'github-workflow.yml'), 'utf8');
  const {sync: job} = (parse(text) as {jobs: {sync: Job}}).jobs;

  function git(at: string, ...args: string[]): string {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    const {status, stdout, stderr} = spawnSync('git', ['-C', at, ...who, ...args], {
      encoding: 'utf8',
    });
    expect({args, status, stderr: status === 0 ? '' : stderr}).toMatchObject({status: 0});
    return stdout;
  }

  /** A repository that has what the comment of the workflow asks for. */
  function makeRepository(): string {
    const origin = join(root, 'origin.git');
    const seed = join(root, 'seed');
    git(root, 'init', '--quiet', '--bare', origin);
    git(root, 'clone', '--quiet', origin, seed);
    mkdirSync(join(seed, 'audit-log'));
    cpSync(SYNC, join(seed, 'audit-log', 'sync.sh'));
    const catalog = join(ROOT, 'test_files', 'configured_catalog.json');
    cpSync(catalog, join(seed, 'audit-log', 'catalog.json'));
    git(seed, 'add', '.');
    git(seed, 'commit', '--quiet', '-m', 'Seed');
    git(seed, 'push', '--quiet');
    return origin;
  }

  /** Runs the steps in a fresh clone, as GitHub does: after a failure only those that are always run. */
  async function runJob(origin: string, contexts: Readonly<Record<string, string>>) {
    const clone = mkdtempSync(join(root, 'clone-'));
    git(root, 'clone', '--quiet', origin, clone);
    const variables = join(root, 'variables');
    writeFileSync(variables, '');
    const filled = (env: Record<string, string> = {}): Record<string, string> =>
      Object.fromEntries(
        Object.entries(env).map(([name, value]) => [
          name,
          value.replaceAll(/\$\{\{ ([\w.]+) \}\}/g, (_, key: string) => contexts[key]!),
        ]),
      );
    const codes: (number | null)[] = [];
    for (const step of job.steps) {
      if (step.run !== undefined && (step.if === 'always()' || codes.every((code) => code === 0))) {
        const set = [...readFileSync(variables, 'utf8').matchAll(/^(\w+)=(.*)$/gm)];
        const env = {
          ...process.env,
          ...filled(job.env),
          ...Object.fromEntries(set.map(([, name, value]) => [name!, value!])),
          ...filled(step.env),
          NODE_OPTIONS: '',
          GITHUB_ENV: variables,
          PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
        };
        const child = spawn('bash', ['-e', '-c', step.run], {cwd: clone, env, stdio: 'ignore'});
        children.push(child);
        codes.push(((await once(child, 'close')) as [number | null])[0]);
      }
    }
    return codes;
  }

  test('runs as copied: pulls with a login, keeps records and state, and no token', async () => {
    makeDocker();
    const origin = makeRepository();
    const sandbox = await confluence({log: recentLog(300), now: Date.now});
    const {email, cloud_id: cloudId, api_token: token, api_url: url} = sandbox.settings();
    const contexts = {
      'github.repository_owner': 'Acme',
      'github.actor': 'ann',
      'github.token': 'token-of-the-job',
      'vars.CONFLUENCE_EMAIL': email,
      'vars.CONFLUENCE_CLOUD_ID': cloudId,
      'vars.CONFLUENCE_BACKFILL_START': new Date(Date.now() - 2 * DAY).toISOString(),
      'secrets.CONFLUENCE_API_TOKEN': token,
    };
    // The one thing that a reader would not have: a Confluence on this machine.
    const step = job.steps.find(({run}) => run?.includes('jq -n'))!;
    Object.assign(step, {run: step.run!.replace('{email:', `{api_url: "${url}", email:`)});

    expect(await runJob(origin, contexts)).toEqual([0, 0, 0, 0]);
    const kept = (): string[] => git(origin, 'show', 'HEAD:audit-log/records.jsonl').split('\n');
    expect(kept()).toHaveLength(301);
    expect(await runJob(origin, contexts)).toEqual([0, 0, 0, 0]);
    expect(kept()).toHaveLength(301);
    const state = git(origin, 'show', 'HEAD:audit-log/state.json');
    expect(
      await runJob(origin, {...contexts, 'secrets.CONFLUENCE_API_TOKEN': 'has run out'}),
    ).toEqual([0, 0, 1, 0]);
    expect(git(origin, 'show', 'HEAD:audit-log/state.json')).toBe(state);
    expect(git(origin, 'log', '-p')).not.toContain(token);
    expect(git(origin, 'ls-tree', '-r', '--name-only', 'HEAD').trim().split('\n')).toEqual([
      'audit-log/catalog.json',
      'audit-log/records.jsonl',
      'audit-log/state.json',
      'audit-log/sync.sh',
    ]);
    expect(readFileSync(join(root, 'password'), 'utf8')).toBe('token-of-the-job\n');
    const calls = readFileSync(join(root, 'docker.log'), 'utf8');
    const image = `ghcr.io/acme/source-confluence-audit-logs:${manifest.version}`;
    expect(calls.split('\n').slice(0, 3)).toEqual([
      'login ghcr.io --username ann --password-stdin',
      `pull --quiet ${image}`,
      'logout ghcr.io',
    ]);
    expect(calls).toMatch(
      /^run --rm --read-only .*--mount type=bind,source=(\S.*),target=\1,readonly \S+ check /m,
    );
  });
});

describeWithJq('the lines of docs/adding-to-airbyte.md', () => {
  const page = readFileSync(join(ROOT, 'docs', 'adding-to-airbyte.md'), 'utf8');
  const [, section = ''] = /^## In plain CI$([^]*?)^## /m.exec(page) ?? [];

  /** Runs what a reader would paste. */
  function paste(text: string, env: Record<string, string>): number | null {
    const {status} = spawnSync('sh', ['-c', text], {
      cwd: root,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
        ...env,
      },
    });
    return status;
  }

  test.each([
    ['SUCCEEDED', SUCCEEDED, 0],
    ['FAILED', SUCCEEDED.replace('SUCCEEDED', 'FAILED'), 1],
    ['nothing', '', 1],
  ])('the check of a check: %s', (_, check, code) => {
    const line = /^```sh\n([^]*?)^```$/m.exec(section)![1]!;
    const image = `source-confluence-audit-logs:${manifest.version}`;
    makeDocker(madeToSay('', {check}).CONNECTOR);
    const pasted = line.replace('source-confluence-audit-logs:VERSION', image);
    expect(paste(pasted, {IMAGE: image})).toBe(code);
    expect(readFileSync(join(root, 'docker.log'), 'utf8')).toContain('check --config /data/config');
  });

  test('the first sync: settings for nobody else, the catalog, sync.sh', () => {
    const commands = [...section.matchAll(/^ +```console\n([^]*?)^ +```$/gm)].map(([, lines]) =>
      lines!.replaceAll(/^ +(\$ )?/gm, ''),
    );
    expect(commands).toHaveLength(2);
    mkdirSync(join(root, 'examples'));
    cpSync(join(ROOT, 'examples', 'ci'), join(root, 'examples', 'ci'), {recursive: true});
    const said = madeToSay(recordLine(1) + stateLine(1, 1));
    expect(paste(commands[0]!, {})).toBe(0);
    cpSync(
      join(ROOT, 'test_files', 'configured_catalog.json'),
      join(root, 'audit-log', 'catalog.json'),
    );
    expect(paste(commands[1]!, said)).toBe(0);
    const config = join(root, 'audit-log', 'config.json');
    expect(Object.keys(JSON.parse(readFileSync(config, 'utf8')) as object).toSorted()).toEqual([
      'api_token',
      'backfill_start_time',
      'cloud_id',
      'email',
    ]);
    expect(statSync(config).mode % 0o100).toBe(0);
    expect(readFileSync(join(root, 'audit-log', 'records.jsonl'), 'utf8')).toBe('{"id":"1"}\n');
  });
});

test('sync.sh runs the image of this version unless it is told another', () => {
  expect(readFileSync(SYNC, 'utf8')).toContain(
    `\${IMAGE:-source-confluence-audit-logs:${manifest.version}}`,
  );
});
