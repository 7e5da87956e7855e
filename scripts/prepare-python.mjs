// The Python that the tests with Airbyte's clients, and `npm run sql`, run in: a virtual environment in .venv,
// made the first time and whenever test/airbyte/requirements.txt or constraints.txt change.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join, resolve} from 'node:path';

const VERSIONS = ['3.12', '3.11', '3.10'];
const FILES = ['requirements.txt', 'constraints.txt'].map((name) => join('test/airbyte', name));
/** It installs in a third of the time that pip takes. */
const UV = 'uv==0.13.9';
const VENV = resolve('.venv');
const PYTHON = join(VENV, 'bin', 'python');

/** Makes .venv what the requirements say, unless it is already, and returns its Python; throws if it cannot. */
export function preparePython() {
  const wanted = createHash('sha256')
    .update(FILES.map((path) => readFileSync(path, 'utf8')).join('\0'))
    .digest('hex');
  const mark = join(VENV, 'requirements.sha256');
  if (existsSync(PYTHON) && existsSync(mark) && readFileSync(mark, 'utf8') === wanted) {
    return PYTHON;
  }
  const python = findPython();
  if (!python) {
    throw new Error(
      `No Python ${VERSIONS.join(', ')} with venv was found: PyAirbyte needs one of them.`,
    );
  }
  console.log(`Installing PyAirbyte into ${VENV} (${python}); it takes about half a minute.`);
  rmSync(VENV, {recursive: true, force: true});
  run(python, ['-m', 'venv', VENV]);
  const [requirements, constraints] = FILES;
  const packages = ['-r', requirements, '-c', constraints];
  try {
    pip([UV]);
    const uv = ['-m', 'uv', 'pip', 'install', '-q', '--python', PYTHON, '--compile-bytecode'];
    run(PYTHON, [...uv, ...packages]);
  } catch (error) {
    // It reads none of pip's settings, by which a company's own index may be named.
    console.log(`${error.message}: pip goes on, which takes longer.`);
    pip(packages);
  }
  writeFileSync(mark, wanted);
  return PYTHON;
}

function pip(args) {
  run(PYTHON, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...args]);
}

function run(command, args) {
  const {status, error} = spawnSync(command, args, {stdio: 'inherit'});
  if (status !== 0) {
    throw new Error(`${command} failed${error ? `: ${error.message}` : ''}`);
  }
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
