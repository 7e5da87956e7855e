// Runs the connector under Airbyte's own Python programs: PyAirbyte, the protocol's official models and
// the standard tests of its CDK; and the views and detections of sql/ on what it reads. Closes with a
// line `N passed, N failed`, with `, N skipped` where tests were.
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join, resolve} from 'node:path';
import {build} from 'esbuild';
import {BUNDLE} from './bundle.mjs';
import {preparePython} from './prepare-python.mjs';

const TESTS = 'test/airbyte';

function finish({passed, failed, skipped}) {
  const more = skipped > 0 ? `, ${skipped} skipped` : '';
  console.log(`\n${passed} passed, ${failed} failed${more}`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

/** Counts of a JUnit report of pytest. */
function readCounts(report) {
  const suite = existsSync(report)
    ? /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0]
    : '';
  const [tests, errors, failures, skipped] = ['tests', 'errors', 'failures', 'skipped'].map(
    (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite ?? '')?.[1] ?? 0),
  );
  return {passed: tests - errors - failures - skipped, failed: errors + failures, skipped};
}

let python;
try {
  python = preparePython();
} catch (error) {
  console.error(error.message);
  finish({passed: 0, failed: 1, skipped: 0});
}
await build({...BUNDLE, entryPoints: {'sandbox-driver': join(TESTS, 'sandbox-driver.ts')}});
const work = mkdtempSync(join(tmpdir(), 'test-airbyte-'));
mkdirSync(join(work, 'logs'));
const report = join(work, 'report.xml');
const {status} = spawnSync(
  python,
  [
    '-m',
    'pytest',
    TESTS,
    '-rs',
    '-W',
    'ignore',
    '-p',
    'no:cacheprovider',
    `--rootdir=${TESTS}`,
    `--junitxml=${report}`,
    `--basetemp=${join(work, 'pytest')}`,
    // Options of Airbyte's standard tests: the stand-in for docker takes any image for bin/main.
    '--connector-image=dev',
    '--read-from-streams=all',
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: [resolve(TESTS), process.env.PATH].join(delimiter),
      NODE: process.execPath,
      PYTHONDONTWRITEBYTECODE: '1',
      // Nothing is looked up or reported outside of this machine.
      AIRBYTE_OFFLINE_MODE: '1',
      DO_NOT_TRACK: '1',
      NO_LIVE_PROGRESS: '1',
      AIRBYTE_LOGGING_ROOT: join(work, 'logs'),
      AIRBYTE_PROJECT_DIR: work,
      AIRBYTE_TEMP_DIR: work,
    },
  },
);
const counts = readCounts(report);
rmSync(work, {recursive: true, force: true});
finish({...counts, failed: Math.max(counts.failed, status === 0 ? 0 : 1)});
