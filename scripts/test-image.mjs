// Builds the image and runs it as Airbyte does: as its own user, from another folder, against the
// sandbox. Takes docker, or the stand-in for it beside this repository. Closes with a line
// `N passed, N failed`.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {isDeepStrictEqual} from 'node:util';
import {build} from 'esbuild';

const TAG = 'localhost/source-confluence-audit-logs:test';
const STAND_IN = resolve('..', 'shared', 'bin', 'image');
const BUILDAH_ENV = {...process.env, STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot'};
const MOST_MB = 250;
const MOST_MB_WITHOUT_BASE = 60;

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
let passed = 0;
let failed = 0;

function check(name, isRight, seen = '') {
  console.log(`${isRight ? 'ok  ' : 'FAIL'}  ${name}${isRight ? '' : `: ${seen}`}`);
  if (isRight) {
    passed++;
  } else {
    failed++;
  }
}

function checkEqual(name, seen, expected) {
  check(name, isDeepStrictEqual(seen, expected), JSON.stringify(seen));
}

/** @throws Error if the command fails, unless `mayFail` */
function run(command, args, {env = process.env, mayFail = false} = {}) {
  const started = performance.now();
  const {status, stdout, stderr, error} = spawnSync(command, args, {
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (!mayFail && (error || status !== 0)) {
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  }
  return {status, stdout, stderr, seconds: (performance.now() - started) / 1000};
}

/** What builds, inspects and runs images by docker. */
const docker = {
  build: () => run('docker', ['build', '--network', 'host', '-t', TAG, '.']),
  config: () => JSON.parse(run('docker', ['image', 'inspect', TAG]).stdout)[0].Config,
  megabytes: () =>
    Number(run('docker', ['image', 'inspect', '--format', '{{.Size}}', TAG]).stdout) / 1e6,
  run: (args, {entryPoint, folder, mayFail} = {}) => {
    const volume = folder ? ['-v', `${folder}:${folder}`] : [];
    const entry = entryPoint ? ['--entrypoint', entryPoint] : [];
    const options = ['run', '--rm', '--network', 'host', '-w', '/tmp', ...volume, ...entry];
    return run('docker', [...options, TAG, ...args], {mayFail});
  },
  close: () => undefined,
};

/** The same where no container engine runs. */
const standIn = {
  container: '',
  build() {
    const built = run(STAND_IN, ['build', TAG]);
    this.container = run('buildah', ['from', TAG], {env: BUILDAH_ENV}).stdout.trim();
    return built;
  },
  config: () => JSON.parse(run(STAND_IN, ['show', TAG]).stdout),
  /** As pulled, compressed: unpacked, the stand-in's base holds caches that the real one has not. */
  megabytes: () => {
    const target = mkdtempSync(join(tmpdir(), 'pulled-'));
    run('buildah', ['push', '-q', TAG, `dir:${target}`], {env: BUILDAH_ENV});
    const sizes = readdirSync(target).map((name) => statSync(join(target, name)).size);
    rmSync(target, {recursive: true});
    return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  },
  run(args, {entryPoint, folder, mayFail} = {}) {
    const volume = folder ? ['--volume', `${folder}:${folder}`] : [];
    const entry = entryPoint ? [entryPoint] : this.config().Entrypoint;
    const options = ['run', '--network', 'host', '--workingdir', '/tmp', ...volume];
    const command = [...options, this.container, '--', ...entry, ...args];
    return run('buildah', command, {env: BUILDAH_ENV, mayFail});
  },
  close() {
    if (this.container) {
      run('buildah', ['rm', this.container], {env: BUILDAH_ENV});
    }
  },
};

function chooseEngine() {
  if (run('docker', ['info'], {mayFail: true}).status === 0) {
    return docker;
  }
  return existsSync(STAND_IN) && process.getuid?.() === 0 ? standIn : undefined;
}

/** The sandbox that never changes, as a process: its settings, and how to end it. */
async function startSandbox() {
  const entryPoints = {'sandbox-driver': 'test/airbyte/sandbox-driver.ts'};
  const options = {bundle: true, platform: 'node', target: 'node20', logLevel: 'warning'};
  await build({entryPoints, outdir: 'dist', ...options});
  const child = spawn(process.execPath, ['dist/sandbox-driver.js', 'acceptance'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({input: child.stdout}), 'line');
  return {
    settings: JSON.parse(line),
    close: async () => {
      child.stdin.end();
      await once(child, 'close');
    },
  };
}

/** Messages of a run, and one check that it went as it should. */
function messagesOf(name, {status, stdout, stderr, seconds}) {
  check(
    `${name} ends with 0 and nothing on stderr (${seconds.toFixed(2)} s)`,
    status === 0 && stderr === '',
    `${status} ${stderr}`,
  );
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function testConfig({User, Entrypoint, Labels, Env}) {
  const {version, name} = json('package.json');
  const env = Object.fromEntries(Env.map((each) => each.split(/=(.*)/s).slice(0, 2)));
  check('the user is 1000', /^1000(:1000)?$/.test(User), User);
  checkEqual('AIRBYTE_ENTRYPOINT is the entry point', env.AIRBYTE_ENTRYPOINT, Entrypoint.join(' '));
  checkEqual('label io.airbyte.name', Labels['io.airbyte.name'], name);
  checkEqual('label io.airbyte.version', Labels['io.airbyte.version'], version);
}

function testContent(engine) {
  const shell = (line) => engine.run(['-c', line], {entryPoint: '/bin/sh', mayFail: true}).stdout;
  checkEqual(
    'it runs as airbyte, from another folder',
    shell('id -u; id -un; pwd'),
    '1000\nairbyte\n/tmp\n',
  );
  checkEqual(
    'what is in it',
    shell('cd /airbyte && find . -type f | sort'),
    [
      './LICENSE',
      './THIRD-PARTY-LICENSES',
      './bin/main',
      './dist/main.js',
      './package.json',
      '',
    ].join('\n'),
  );
  const spec = shell('cd / && eval "$AIRBYTE_ENTRYPOINT spec"').split('\n')[0];
  check('spec under `sh -c eval`', spec.includes('"type":"SPEC"'), spec);
  const kilobytes = Number(shell('du -sk /airbyte').split('\t')[0]);
  const size = engine.megabytes();
  check(`the image is under ${MOST_MB} MB: ${size.toFixed(0)} MB`, size < MOST_MB);
  check(
    `without its base under ${MOST_MB_WITHOUT_BASE} MB: ${(kilobytes / 1000).toFixed(1)} MB`,
    kilobytes > 0 && kilobytes / 1000 < MOST_MB_WITHOUT_BASE,
  );
}

function testCommands(engine, settings, folder) {
  const files = {config: settings, catalog: json('test_files/configured_catalog.json')};
  const write = (name, content) => writeFileSync(join(folder, name), JSON.stringify(content));
  Object.entries(files).forEach(([name, content]) => write(name, content));
  const command = (name, ...inputs) =>
    messagesOf(
      name,
      engine.run([name, ...inputs.flatMap((input) => [`--${input}`, join(folder, input)])], {
        folder,
        mayFail: true,
      }),
    );
  const of = (messages, type) => messages.filter((message) => message.type === type);
  checkEqual('spec is the specification', command('spec')[0].spec, json('resources/spec.json'));
  const [status] = of(command('check', 'config'), 'CONNECTION_STATUS');
  checkEqual('check succeeds', status?.connectionStatus.status, 'SUCCEEDED');
  const [catalog] = of(command('discover', 'config'), 'CATALOG');
  checkEqual(
    'discover shows the stream',
    catalog?.catalog.streams[0],
    files.catalog.streams[0].stream,
  );
  const first = command('read', 'config', 'catalog');
  checkEqual('read brings every record', of(first, 'RECORD').length, 12_000);
  write('state', [of(first, 'STATE').at(-1).state]);
  const second = command('read', 'config', 'catalog', 'state');
  checkEqual('a read from its state brings none again', of(second, 'RECORD').length, 0);
}

const engine = chooseEngine();
if (!engine) {
  console.log(`SKIPPED: no docker runs here, and there is no ${STAND_IN} (or you are not root).`);
  console.log('\n0 passed, 0 failed, 1 skipped');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'test-image-'));
chmodSync(folder, 0o755);
const sandbox = await startSandbox();
try {
  const {seconds} = engine.build();
  check(`the image builds (${seconds.toFixed(0)} s)`, true);
  testConfig(engine.config());
  testContent(engine);
  testCommands(engine, sandbox.settings, folder);
} catch (error) {
  check('the tests run to their end', false, error.message);
} finally {
  engine.close();
  await sandbox.close();
  rmSync(folder, {recursive: true});
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
