// Makes a fresh clone usable: installs what the lockfile names unless it is there already, then builds.
import {spawnSync} from 'node:child_process';
import {existsSync, statSync} from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`This project needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const installed = 'node_modules/.package-lock.json';
const isInstalled =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;

/** Runs a command with the terminal's own output and ends this process if it fails. */
function run(command, args) {
  const {status} = spawnSync(command, args, {stdio: 'inherit'});
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

if (!isInstalled) {
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']);
}
run(process.execPath, ['scripts/build.mjs']);
