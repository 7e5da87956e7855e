// The whole proof in one command: format, lint, types, build, tests and coverage. It runs every step
// even if one fails, and closes with a line `N passed, N failed`, with `, N skipped` where tests were.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const LINES_COVERED = 93;
const work = mkdtempSync(join(tmpdir(), 'test-'));
const results = join(work, 'results.json');
const profiles = join(work, 'coverage');
let passed = 0;
let failed = 0;
let skipped = 0;

/** The path of a program that npm has installed. */
function tool(name) {
  return join('node_modules', '.bin', name);
}

/** Runs a command and counts it as one check; what it prints is printed when it has ended. */
async function check(name, command, args) {
  const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe']});
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => printed.push(chunk));
  }
  const [code] = await once(child, 'close');
  console.log(`\n=== ${name}: ${code === 0 ? 'passed' : 'FAILED'}`);
  process.stdout.write(Buffer.concat(printed));
  if (code === 0) {
    passed++;
  } else {
    failed++;
  }
}

// Tests wait for sockets and clocks now and then, so there is time for these beside them.
const checks = [
  check('format', tool('oxfmt'), ['--check', '.']),
  check('lint', tool('oxlint'), ['--type-aware', '--deny-warnings']),
  check('types', tool('tsc'), ['--noEmit']),
];

// The connector runs as a child process, so coverage is taken there: every run leaves a profile.
const jest = spawn(tool('jest'), ['--json', `--outputFile=${results}`, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {...process.env, CONNECTOR_COVERAGE: profiles},
});
await once(jest, 'close');
await Promise.all(checks);
try {
  const {numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, numTotalTests} =
    JSON.parse(readFileSync(results, 'utf8'));
  passed += numPassedTests;
  skipped += numPendingTests;
  // A suite that cannot even be loaded has no tests to fail.
  failed += Math.max(numFailedTests, numFailedTestSuites, numTotalTests === 0 ? 1 : 0);
} catch {
  console.error('jest left no results');
  failed++;
}

if (process.argv.length === 2) {
  await check(
    `coverage of src by runs of bin/main, at least ${LINES_COVERED} % of lines`,
    process.execPath,
    ['scripts/coverage.mjs', profiles, String(LINES_COVERED)],
  );
}
rmSync(work, {recursive: true});
const more = skipped > 0 ? `, ${skipped} skipped` : '';
console.log(`\n${passed} passed, ${failed} failed${more}`);
process.exit(failed === 0 ? 0 : 1);
