import {spawnSync} from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';

import {ROOT} from './support/page-text';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = join(ROOT, '.github', 'workflows');
/** The jobs that may write, and to what; all others may read the repository. */
const MAY_WRITE = {
  'base-image.yml renew': ['contents', 'pull-requests'],
  'release.yml publish': ['attestations', 'id-token', 'packages'],
};
/** What they run must be of GitHub, Docker or the runner's own: nothing of this repository or of npm. */
const OF_THE_REPOSITORY = /\b(npm|npx|bash|sh|make) |\bnode (?!--version)/;

const files = readdirSync(FOLDER).sort();
const textOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
const workflows = files.map((file) => ({file, ...(parse(textOf(file)) as Workflow)}));
const jobs = workflows.flatMap(({file, jobs: each}) =>
  Object.entries(each).map(([name, job]) => ({name: `${file} ${name}`, ...job})),
);
const writesOf = ({permissions = {}}: Job): string[] =>
  Object.entries(permissions)
    .filter(([, access]) => access === 'write')
    .map(([scope]) => scope)
    .sort();

test.each(workflows)('$file may read this repository and nothing else by default', (workflow) => {
  expect(workflow.permissions).toEqual({contents: 'read'});
});

test('the jobs that may write are these', () => {
  const writing = jobs.filter((job) => writesOf(job).length > 0);
  expect(Object.fromEntries(writing.map((job) => [job.name, writesOf(job)]))).toEqual(MAY_WRITE);
});

describe.each(jobs.filter((job) => writesOf(job).length > 0))(
  '$name, which may write',
  ({steps}) => {
    test('runs nothing of npm or of this repository', () => {
      const lines = steps.flatMap(({run}) => run?.split('\n') ?? []);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => OF_THE_REPOSITORY.test(line))).toEqual([]);
      expect(steps.filter(({uses}) => uses?.startsWith('./'))).toEqual([]);
    });
  },
);

test('no checkout leaves its credentials behind', () => {
  const checkouts = jobs.flatMap(({name, steps}) =>
    steps.flatMap((step) => (step.uses?.startsWith('actions/checkout@') ? {name, ...step} : [])),
  );
  expect(checkouts.length).toBeGreaterThan(3);
  expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
});

test.each([
  ...files.map((file) => join('.github', 'workflows', file)),
  'examples/ci/github-workflow.yml',
])('%s: each action is pinned to a commit, with the version it is', (path) => {
  const lines = readFileSync(join(ROOT, path), 'utf8').match(/^.*\buses:.*$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(0);
  const pinned = /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
  expect(lines.filter((line) => !pinned.test(line))).toEqual([]);
});

test('an action is pinned to one commit everywhere', () => {
  const all = [
    ...files.map(textOf),
    readFileSync(join(ROOT, 'examples/ci/github-workflow.yml'), 'utf8'),
  ];
  const uses = all.join('\n').match(/[\w-]+\/[\w-]+@[0-9a-f]{40} # \S+/g) ?? [];
  const byAction = new Map(uses.map((each) => [each.split('@')[0], each]));
  expect([...new Set(uses)].sort()).toEqual([...byAction.values()].sort());
});

test('a change is tried by every command that proves something in minutes', () => {
  const {jobs: tried} = workflows.find(({file}) => file === 'test.yml')!;
  const commands = Object.values(tried).flatMap(({steps}) => steps.flatMap(({run}) => run ?? []));
  const inMinutes = [
    'npm test',
    ...['airbyte', 'image', 'faults'].map((of) => `npm run test:${of}`),
  ];
  expect(commands).toEqual(expect.arrayContaining(inMinutes));
});

test('the production dependencies are audited before a release', () => {
  const {jobs: release} = workflows.find(({file}) => file === 'release.yml')!;
  expect(release['test']!.steps.map(({run}) => run)).toContain(
    'npm audit --package-lock-only --omit=dev',
  );
});

test('the base image is renewed in the Dockerfile and in docker-bake.hcl alike, once', () => {
  const root = mkdtempSync(join(tmpdir(), 'base-image-'));
  try {
    const clone = join(root, 'clone');
    const digest = `sha256:${'ab'.repeat(32)}`;
    const program = (name: string, lines: string): void =>
      writeFileSync(join(root, name), `#!/bin/sh\n${lines}\n`, {mode: 0o755});
    program('docker', `[ "$1" = run ] && echo v24.99.1 || echo ${digest}`);
    program('gh', `echo "$@" >>${join(root, 'gh.log')}`);
    const run = (text: string): void => {
      const env = {
        ...process.env,
        PATH: `${root}:${process.env['PATH']}`,
        GIT_CONFIG_GLOBAL: '/dev/null',
      };
      const {status, stderr} = spawnSync('bash', ['-e', '-c', text], {
        cwd: clone,
        env,
        encoding: 'utf8',
      });
      expect({status, stderr: status === 0 ? '' : stderr}).toEqual({status: 0, stderr: ''});
    };
    mkdirSync(clone);
    ['Dockerfile', 'docker-bake.hcl'].forEach((name) =>
      cpSync(join(ROOT, name), join(clone, name)),
    );
    run(`git init --quiet --bare ../origin && git init --quiet -b main && git remote add origin ../origin
      git add . && git -c user.name=a -c user.email=a@example.com commit --quiet -m Seed`);
    const renew = jobs.find(({name}) => name === 'base-image.yml renew')!.steps.at(-1)!.run!;
    run(renew);
    run('git switch --quiet main');
    run(renew);
    run('git switch --quiet --discard-changes base-image-24.99.1-abababababab');
    const [dockerfile, bake] = ['Dockerfile', 'docker-bake.hcl'].map((name) =>
      readFileSync(join(clone, name), 'utf8'),
    );
    const from = [...dockerfile!.matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(([, image]) => image);
    expect(new Set(from)).toEqual(new Set(['node:24.99.1-bookworm-slim']));
    expect(bake).toContain(
      `"node:24.99.1-bookworm-slim" = "docker-image://node:24.99.1-bookworm-slim@${digest}"`,
    );
    const calls = readFileSync(join(root, 'gh.log'), 'utf8').match(/^pr create.*$/gm);
    expect(calls).toEqual(['pr create --fill']);
  } finally {
    rmSync(root, {recursive: true});
  }
});
