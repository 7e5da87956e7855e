// Runs the connector under Airbyte's own Python programs: PyAirbyte, the protocol's official models and
// the standard tests of its CDK. Makes a virtual environment in .venv the first time. Closes with a
// line `N passed, N failed`.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {delimiter, join, resolve} from 'node:path';
import {build} from 'esbuild';

const VERSIONS = ['3.12', '3.11', '3.10'];
const TESTS = 'test/airbyte';
const VENV = resolve('.venv');
const PYTHON = join(VENV, 'bin', 'python');

/** Runs a command with the terminal's own output and ends this process if it fails. */
function run(command, args) {
  const {status, error} = spawnSync(command, args, {stdio: 'inherit'});
  if (status !== 0) {
    finish(0, 1, `${command} failed${error ? `: ${error.message}` : ''}`);
  }
}

function finish(passed, failed, why = '') {
  if (why) {
    console.error(why);
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

/** A Python that PyAirbyte runs on: from the path, or one of pyenv's that is not selected. */
function findPython() {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(pyenv) ? readdirSync(pyenv) : [];
  const candidates = [
    ...VERSIONS.map((version) => `python${version}`),
    'python3',
    ...VERSIONS.flatMap((version) =>
      installed
        .filter((name) => name.startsWith(`${version}.`))
        .map((name) => join(pyenv, name, 'bin', 'python')),
    ),
  ];
  return candidates.find((python) => {
    const code = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
    const {status, stdout} = spawnSync(python, ['-c', code], {encoding: 'utf8'});
    return status === 0 && VERSIONS.includes(stdout.trim());
  });
}

/** Makes .venv what the requirements say, unless it is already. */
function prepareVenv() {
  const files = ['requirements.txt', 'constraints.txt'].map((name) => join(TESTS, name));
  const wanted = createHash('sha256')
    .update(files.map((path) => readFileSync(path, 'utf8')).join('\0'))
    .digest('hex');
  const mark = join(VENV, 'requirements.sha256');
  if (existsSync(PYTHON) && existsSync(mark) && readFileSync(mark, 'utf8') === wanted) {
    return;
  }
  const python = findPython();
  if (!python) {
    finish(
      0,
      1,
      `No Python ${VERSIONS.join(', ')} with venv was found: PyAirbyte needs one of them.`,
    );
  }
  console.log(`Installing PyAirbyte into ${VENV} (${python}); it takes a minute or two.`);
  rmSync(VENV, {recursive: true, force: true});
  run(python, ['-m', 'venv', VENV]);
  run(PYTHON, [
    '-m',
    'pip',
    'install',
    '-q',
    '--disable-pip-version-check',
    '-r',
    files[0],
    '-c',
    files[1],
  ]);
  writeFileSync(mark, wanted);
}

/** Counts of a JUnit report of pytest. */
function readCounts(report) {
  const suite = existsSync(report)
    ? /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0]
    : '';
  const [tests, errors, failures, skipped] = ['tests', 'errors', 'failures', 'skipped'].map(
    (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite ?? '')?.[1] ?? 0),
  );
  return {passed: tests - errors - failures - skipped, failed: errors + failures};
}

prepareVenv();
await build({
  entryPoints: {'sandbox-driver': join(TESTS, 'sandbox-driver.ts')},
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
});
const work = mkdtempSync(join(tmpdir(), 'test-airbyte-'));
mkdirSync(join(work, 'logs'));
const report = join(work, 'report.xml');
const {status} = spawnSync(
  PYTHON,
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
const {passed, failed} = readCounts(report);
rmSync(work, {recursive: true, force: true});
finish(passed, Math.max(failed, status === 0 ? 0 : 1));
