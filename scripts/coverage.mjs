// Reports which lines of src the runs of bin/main have reached, from the V8 profiles in a folder, and fails
// below a share of them: node scripts/coverage.mjs FOLDER PERCENT
import {CoverageReport} from 'monocart-coverage-reports';

const [folder, least] = process.argv.slice(2);
const report = new CoverageReport({
  name: 'src, by runs of bin/main',
  outputDir: 'coverage',
  reports: [['console-details', {metrics: ['lines']}]],
  logging: 'error',
  entryFilter: (entry) => entry.url.endsWith('/dist/main.js'),
  sourceFilter: (path) => path.startsWith('src/'),
});
await report.addFromDir(folder);
const {summary} = await report.generate();
const {pct} = summary.lines;
console.log(`${pct} % of lines`);
process.exitCode = pct >= Number(least) ? 0 : 1;
