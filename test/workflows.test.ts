import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';

import {ROOT} from './support/readme-text';

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

test('no checkout leaves its credentials behind, but where a branch is pushed with them', () => {
  const kept = jobs.filter(({steps}) =>
    steps.some(
      (step) =>
        step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false,
    ),
  );
  expect(kept.map(({name}) => name)).toEqual(['base-image.yml renew']);
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

test('the production dependencies are audited before a release', () => {
  const {jobs: release} = workflows.find(({file}) => file === 'release.yml')!;
  expect(release['test']!.steps.map(({run}) => run)).toContain(
    'npm audit --package-lock-only --omit=dev',
  );
});
