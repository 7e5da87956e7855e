// Writes dist/sbom.cdx.json: what dist/main.js is made of, as CycloneDX. `npm sbom` tells it of all that
// is installed; what is not in the bundle is left out, and so is what differs from run to run.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {bundledPackages} from './bundled-packages.mjs';

const refOf = ({name, version}) => `${name}@${version}`;

const own = JSON.parse(readFileSync('package.json', 'utf8'));
const bundled = new Set((await bundledPackages()).map(({manifest}) => refOf(manifest)));
const isTold = (ref) => ref === refOf(own) || bundled.has(ref);

const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
const all = JSON.parse(execFileSync('npm', args, {encoding: 'utf8', maxBuffer: 2 ** 28}));
const components = all.components.filter((each) => isTold(each['bom-ref']));
const missing = [...bundled].filter((ref) => !components.some((each) => each['bom-ref'] === ref));
if (missing.length > 0) {
  throw new Error(`package-lock.json does not have ${missing.join(', ')}: run npm ci`);
}
const dependencies = all.dependencies
  .filter(({ref}) => isTold(ref))
  .map(({ref, dependsOn}) => ({ref, dependsOn: dependsOn.filter(isTold)}));

// npm makes up a serial number and takes the time and the folder's name into it.
const digest = createHash('sha256')
  .update(JSON.stringify({components, dependencies}))
  .digest('hex');
const [, ...groups] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(digest);
const [a, b, c, d, e] = groups;
const {timestamp: _, ...metadata} = all.metadata;
const sbom = {
  ...all,
  serialNumber: `urn:uuid:${a}-${b}-8${c}-8${d}-${e}`,
  metadata: {
    ...metadata,
    lifecycles: [{phase: 'build'}],
    component: {...metadata.component, type: 'application', name: own.name},
  },
  components,
  dependencies,
};
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`dist/sbom.cdx.json: ${components.length} packages`);
