// The whole proof in one command: format, lint, types, build, tests and coverage. It runs every step
// even if one fails, and closes with a line `N passed, N failed`.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const LINES_COVERED = 95;
const work = mkdtempSync(join(tmpdir(), 'test-'));
const results = join(work, 'results.json');
const profiles = join(work, 'coverage');
let passed = 0;
let failed = 0;

/** Runs a tool of node_modules/.bin and counts it as one check. */
function check(name, tool, args, env = {}) {
  console.log(`\n=== ${name}`);
  const {status} = spawnSync(join('node_modules', '.bin', tool), args, {
    stdio: 'inherit',
    env: {...process.env, ...env},
  });
  if (status === 0) {
    passed++;
  } else {
    failed++;
  }
}

check('format', 'oxfmt', ['--check', '.']);
check('lint', 'oxlint', ['--type-aware', '--deny-warnings']);
check('types', 'tsc', ['--noEmit']);

console.log('\n=== tests');
// The connector runs as a child process, so coverage is taken there: every run leaves a profile.
spawnSync(
  join('node_modules', '.bin', 'jest'),
  ['--json', `--outputFile=${results}`, ...process.argv.slice(2)],
  {stdio: 'inherit', env: {...process.env, CONNECTOR_COVERAGE: profiles}},
);
try {
  const {numPassedTests, numFailedTests, numFailedTestSuites, numTotalTests} = JSON.parse(
    readFileSync(results, 'utf8'),
  );
  passed += numPassedTests;
  // A suite that cannot even be loaded has no tests to fail.
  failed += Math.max(numFailedTests, numFailedTestSuites, numTotalTests === 0 ? 1 : 0);
} catch {
  console.error('jest left no results');
  failed++;
}

if (process.argv.length === 2) {
  check(`coverage of src by runs of bin/main, at least ${LINES_COVERED} % of lines`, 'c8', [
    'report',
    `--temp-directory=${profiles}`,
    '--include=src/**',
    '--exclude-after-remap',
    '--reporter=text',
    '--check-coverage',
    `--lines=${LINES_COVERED}`,
    '--branches=0',
    '--functions=0',
    '--statements=0',
  ]);
}
rmSync(work, {recursive: true});
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
