// Writes dist/THIRD-PARTY-LICENSES: the licence of every package that dist/main.js holds code of, as
// their licences ask for. Fails if one of them cannot be found.
import {build} from 'esbuild';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENSE_FILE = /^(licen[sc]e|copying)(\.|$)/i;
const NOTICE_FILE = /^notice(\.|$)/i;

/** Folders of the packages whose code is in the bundle. */
async function bundledPackages() {
  const {metafile} = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outdir: 'dist',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = inputs.flatMap((input) => PACKAGE.exec(input)?.[1] ?? []);
  return [...new Set(folders)].sort();
}

/** The texts that a package wants to be passed on with it. */
function licenseTexts(folder, license) {
  const files = readdirSync(folder);
  const read = (name) => readFileSync(join(folder, name), 'utf8').trim();
  const notices = files.filter((name) => NOTICE_FILE.test(name)).map(read);
  const licenses = files.filter((name) => LICENSE_FILE.test(name)).map(read);
  if (licenses.length > 0) {
    return [...licenses, ...notices];
  }
  const readme = files.find((name) => /^readme/i.test(name));
  const inReadme = /^[# ]*licen[sc]e\b[\s\S]*copyright[\s\S]*/im.exec(readme ? read(readme) : '');
  if (inReadme) {
    return [inReadme[0].trim(), ...notices];
  }
  if (license === 'Apache-2.0') {
    return ['The package brings no copy of its licence; the text is that of the file LICENSE.'];
  }
  throw new Error(`${folder}: no licence text found`);
}

const parts = [];
for (const folder of await bundledPackages()) {
  const {name, version, license, repository} = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const home = typeof repository === 'string' ? repository : (repository?.url ?? '');
  const texts = licenseTexts(folder, license);
  parts.push([`${name} ${version} (${license})`, home, '', ...texts].join('\n'));
}
const rule = `\n\n${'-'.repeat(80)}\n\n`;
writeFileSync(
  'dist/THIRD-PARTY-LICENSES',
  `dist/main.js holds code of the packages below.${rule}${parts.join(rule)}\n`,
);
console.log(`dist/THIRD-PARTY-LICENSES: ${parts.length} packages`);
