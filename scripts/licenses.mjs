// Writes dist/THIRD-PARTY-LICENSES: the licence of every package that dist/main.js holds code of, as
// their licences ask for. Fails if one of them cannot be found.
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {bundledPackages} from './bundled-packages.mjs';

const LICENSE_FILE = /^(licen[sc]e|copying)(\.|$)/i;
const NOTICE_FILE = /^notice(\.|$)/i;

/** The texts that a package wants to be passed on with it. */
function licenseTexts(folder, license) {
  const files = readdirSync(folder).sort();
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

const entries = (await bundledPackages()).map(({folder, manifest}) => {
  const {name, version, license, repository} = manifest;
  const home = typeof repository === 'string' ? repository : (repository?.url ?? '');
  return [`${name} ${version} (${license})`, home, '', ...licenseTexts(folder, license)].join('\n');
});
const rule = `\n\n${'-'.repeat(80)}\n\n`;
writeFileSync(
  'dist/THIRD-PARTY-LICENSES',
  `dist/main.js holds code of the packages below.${rule}${entries.join(rule)}\n`,
);
console.log(`dist/THIRD-PARTY-LICENSES: ${entries.length} packages`);
