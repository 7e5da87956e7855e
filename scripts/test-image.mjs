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
import {constants, tmpdir} from 'node:os';
import {dirname, isAbsolute, join, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {isDeepStrictEqual} from 'node:util';
import {build} from 'esbuild';
import {BUNDLE} from './bundle.mjs';

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
  build: () => run('docker', ['buildx', 'build', '--load', '-t', TAG, '.']),
  /** What two builds would have to have in common: nothing, where this docker cannot date files. */
  fingerprint: () => {
    const archive = join(mkdtempSync(join(tmpdir(), 'archive-')), 'image.tar');
    const output = `type=oci,dest=${archive},rewrite-timestamp=true`;
    const dated = ['--no-cache', '--build-arg', 'SOURCE_DATE_EPOCH=0', '--provenance=false'];
    const {status} = run('docker', ['buildx', 'build', ...dated, '--output', output, '.'], {
      mayFail: true,
    });
    const index = status === 0 && run('tar', ['-xOf', archive, 'index.json']).stdout;
    rmSync(dirname(archive), {recursive: true});
    return index ? JSON.parse(index).manifests.map(({digest}) => digest) : undefined;
  },
  start: (args, folder) => {
    const name = `test-image-${process.pid}`;
    const options = ['run', '--rm', '--name', name, '--network', 'host'];
    const child = spawn('docker', [...options, '-v', `${folder}:${folder}`, TAG, ...args]);
    return {child, signal: (signal) => run('docker', ['kill', '--signal', signal, name])};
  },
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
  /** Of all that the Dockerfile puts on its base: names, modes, dates, contents. What buildah adds is left out. */
  fingerprint() {
    this.close();
    this.build();
    const script = `
      cd $(mktemp -d) && buildah push -q ${TAG} dir:image
      layer=$(jq -r '.layers[-1].digest | ltrimstr("sha256:")' image/manifest.json)
      mkdir tree && tar -C tree -xzf image/$layer --exclude='.wh.*' --exclude=etc/hosts --exclude=run
      tar -C tree -c --sort=name $(ls -A tree) | sha256sum; rm -r "$PWD"`;
    return run('bash', ['-ec', script], {env: BUILDAH_ENV}).stdout;
  },
  /** In a PID namespace of its own, where the entry point is process 1 as it is in a container. */
  start(args, folder) {
    const root = run('buildah', ['mount', this.container], {env: BUILDAH_ENV}).stdout.trim();
    const inside = `mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev \
      && mkdir -p ${root}${folder} && mount --bind ${folder} ${root}${folder} && exec chroot --userspec=1000:1000 ${root} "$@"`;
    const command = ['sh', '-c', inside, 'sh', ...this.config().Entrypoint, ...args];
    const child = spawn('unshare', ['--pid', '--fork', '--mount', '--kill-child', ...command]);
    const processOne = () => Number(run('pgrep', ['--parent', String(child.pid)]).stdout);
    return {child, signal: (name) => process.kill(processOne(), name)};
  },
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
  await build({...BUNDLE, entryPoints});
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
    status === 0 && stderr === '' && stdout.endsWith('\n'),
    `${status} ${stdout.length} ${stderr}`,
  );
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function testConfig({User, Entrypoint, Labels, Env}) {
  const {version, name, homepage} = json('package.json');
  const env = Object.fromEntries(Env.map((each) => each.split(/=(.*)/s).slice(0, 2)));
  check('the user is 1000', /^1000(:1000)?$/.test(User), User);
  checkEqual('AIRBYTE_ENTRYPOINT is the entry point', env.AIRBYTE_ENTRYPOINT, Entrypoint.join(' '));
  const paths = Entrypoint.filter((word) => word.includes('/'));
  check('with absolute paths', paths.length > 0 && paths.every(isAbsolute), Entrypoint.join(' '));
  checkEqual('label io.airbyte.name', Labels['io.airbyte.name'], name);
  checkEqual('label io.airbyte.version', Labels['io.airbyte.version'], version);
  checkEqual('its source', Labels['org.opencontainers.image.source'], homepage);
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
      './dist/main.cache',
      './dist/main.js',
      './package.json',
      './sbom.cdx.json',
      '',
    ].join('\n'),
  );
  const taken = `const {readFileSync} = require("fs");
    const text = require("module").wrap(readFileSync("dist/main.js", "utf8"));
    const cachedData = readFileSync("dist/main.cache");
    console.log(new (require("vm").Script)(text, {cachedData}).cachedDataRejected)`;
  checkEqual(
    'what it has compiled is taken',
    shell(`cd /airbyte && node -e '${taken}'`),
    'false\n',
  );
  checkEqual('nothing that installs packages', shell('command -v npm npx corepack yarn; true'), '');
  checkEqual('no setuid files', shell('find / -xdev -type f -perm /6000 2>/dev/null'), '');
  checkEqual(
    'nothing but /tmp is writable',
    shell('find / -xdev -writable ! -type l 2>/dev/null'),
    '/tmp\n',
  );
  const told = JSON.parse(shell('cat /airbyte/sbom.cdx.json')).components.map(({purl}) => purl);
  const licensed = shell('grep -cE "^[@a-z].* [0-9.]+ \\(.*\\)$" /airbyte/THIRD-PARTY-LICENSES');
  check(
    `the SBOM has each package whose licence is there: ${told.length}`,
    told.length > 0 && told.length === Number(licensed) && told.every((purl) => /@\d/.test(purl)),
    licensed,
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

/** Signals to process 1, while nobody reads what it writes. */
async function testSignals(engine, folder) {
  const args = ['read', '--config', join(folder, 'config'), '--catalog', join(folder, 'catalog')];
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    const {child, signal} = engine.start(args, folder);
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    await once(child.stdout, 'readable');
    await sleep(500);
    const started = performance.now();
    const exited = once(child, 'exit');
    signal(name);
    const [code] = await exited;
    const ms = performance.now() - started;
    child.stdout.destroy();
    const expected = 128 + constants.signals[name];
    check(
      `${name} ends process 1 that nobody reads within a second (${ms.toFixed(0)} ms)`,
      code === expected && ms < 1000 && stderr === '',
      `${code} ${stderr}`,
    );
  }
}

/** The base image of the Dockerfile, and the one that docker-bake.hcl holds to a digest. */
function testBase() {
  const tags = [...readFileSync('Dockerfile', 'utf8').matchAll(/^FROM (?:--\S+ )?(\S+)/gm)];
  const bake = readFileSync('docker-bake.hcl', 'utf8');
  const [, pinned, source] = /"(node:[^"]+)" = "docker-image:\/\/([^"]+)"/.exec(bake);
  check('the base image is held to a digest', /^\S+@sha256:[0-9a-f]{64}$/.test(source), source);
  checkEqual(
    'docker-bake.hcl has the tag of the Dockerfile',
    [...new Set([source.split('@')[0], ...tags.map(([, tag]) => tag)])],
    [pinned],
  );
}

function testTwoBuilds(engine) {
  const first = engine.fingerprint();
  if (first === undefined) {
    console.log(
      'skip  two builds are the same: this docker cannot date files (it takes a buildx builder)',
    );
    return;
  }
  checkEqual('two builds are the same', engine.fingerprint(), first);
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
  testBase();
  testConfig(engine.config());
  testContent(engine);
  testCommands(engine, sandbox.settings, folder);
  await testSignals(engine, folder);
  testTwoBuilds(engine);
} catch (error) {
  check('the tests run to their end', false, error.message);
} finally {
  engine.close();
  await sandbox.close();
  rmSync(folder, {recursive: true});
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
