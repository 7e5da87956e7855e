import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {ROOT} from './repository';
import type {ServedLog} from './served-log';

const VENV = join(ROOT, '.venv-bench');
const REQUIREMENTS = join(ROOT, 'benchmark', 'requirements.txt');
/** Pins all that the CDK brings along. */
const CONSTRAINTS = join(ROOT, 'test', 'airbyte', 'constraints.txt');
const MANIFEST = join(ROOT, 'benchmark', 'airbyte-manifest.yaml');
const PYTHONS = ['python3.12', 'python3.11', 'python3.10', 'python3'];
const IS_SUPPORTED = 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13))';
const VERSIONS =
  'import platform, importlib.metadata as m; print(m.version("airbyte-cdk"), platform.python_version())';

const CATALOG = {
  streams: [
    {
      stream: {
        name: 'audit',
        json_schema: {type: 'object'},
        supported_sync_modes: ['full_refresh'],
      },
      sync_mode: 'full_refresh',
      destination_sync_mode: 'overwrite',
    },
  ],
};

export interface AirbyteVersions extends Readonly<Record<string, string>> {
  readonly 'airbyte-cdk': string;
  readonly python: string;
}

/**
 * Installs the pinned airbyte-cdk into a virtual environment of the benchmark's own, unless it is
 * there. @throws what keeps it from running here, in words
 */
export function installAirbyte(): AirbyteVersions {
  const wanted = /^airbyte-cdk==(.+)$/m.exec(readFileSync(REQUIREMENTS, 'utf8'))?.[1];
  const found = installedVersions();
  if (found && found['airbyte-cdk'] === wanted) {
    return found;
  }
  const python = PYTHONS.find((name) => spawnSync(name, ['-c', IS_SUPPORTED]).status === 0);
  if (python === undefined) {
    throw new Error('airbyte-cdk needs Python 3.10 to 3.12, and there is none here');
  }
  run(python, ['-m', 'venv', '--clear', VENV]);
  const pins = ['-r', REQUIREMENTS, '-c', CONSTRAINTS];
  run(inVenv('pip'), ['install', '--quiet', '--disable-pip-version-check', ...pins]);
  const installed = installedVersions();
  if (!installed) {
    throw new Error('airbyte-cdk was installed and does not start');
  }
  return installed;
}

/** Writes settings and a catalog into `folder`, and tells how to run the CDK with them. */
export function airbyteCommand(log: ServedLog, pageSize: number, folder: string): string[] {
  const {email, api_token} = log.settings;
  const settings = {url_base: log.siteUrl, email, api_token, page_size: pageSize};
  const config = join(folder, `airbyte-${pageSize}.json`);
  const catalog = join(folder, 'airbyte-catalog.json');
  writeFileSync(config, JSON.stringify(settings));
  writeFileSync(catalog, JSON.stringify(CATALOG));
  const files = ['--config', config, '--catalog', catalog, '--manifest-path', MANIFEST];
  return [inVenv('source-declarative-manifest'), 'read', ...files];
}

function installedVersions(): AirbyteVersions | undefined {
  const {status, stdout} = spawnSync(inVenv('python'), ['-c', VERSIONS], {encoding: 'utf8'});
  const [cdk = '', python = ''] = status === 0 ? stdout.trim().split(' ') : [];
  return python === '' ? undefined : {'airbyte-cdk': cdk, python};
}

function inVenv(program: string): string {
  return join(VENV, 'bin', program);
}

function run(program: string, args: string[]): void {
  const {status, error, stderr} = spawnSync(program, args, {encoding: 'utf8'});
  if (status !== 0) {
    const lastLine = (stderr ?? '').trim().split('\n').at(-1) ?? '';
    throw new Error(`${program} ${args[0]} ${args[1]} failed: ${error?.message ?? lastLine}`);
  }
}
