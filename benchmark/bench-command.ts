import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type BenchOptions, HELP, parseBenchOptions} from './bench-options';
import {drawGrowth} from './growth-chart';
import {renderFiveFigures} from './five-figures';
import {PAGES, withSection} from './page-section';
import {ROOT} from './repository';
import type {Results} from './results';
import {runBenchmark} from './run-benchmark';
import {drawSpeed} from './speed-chart';
import {renderTables} from './tables';

const RESULTS = join(ROOT, 'benchmark', 'results.json');
const IMAGES = join(ROOT, 'docs', 'images');

/** `npm run bench`: measures, prints the tables, writes what the options ask for. */
export async function runBenchCommand(argv: string[]): Promise<void> {
  const options = parseBenchOptions(argv);
  if (!options) {
    process.stdout.write(HELP);
    return;
  }
  const results = options.onlyRender ? readResults() : asWritten(await measure(options));
  process.stdout.write(`${renderTables(results)}\n`);
  if (options.out !== undefined) {
    mkdirSync(options.out, {recursive: true});
    writeFileSync(join(options.out, 'results.json'), asJson(results));
    writeCharts(results, options.out);
  } else if (options.isFull || options.onlyRender) {
    writeFileSync(RESULTS, asJson(results));
    writeCharts(results, IMAGES);
    updatePages(results);
  }
}

function measure({plan}: BenchOptions): Promise<Results> {
  const startedMs = Date.now();
  return runBenchmark(plan, (progress) => {
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(0).padStart(5);
    process.stderr.write(`${seconds} s  ${progress}\n`);
  });
}

function readResults(): Results {
  return JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
}

function asJson(results: Results): string {
  return `${JSON.stringify(results, roundFraction, 2)}\n`;
}

/** So that what is shown is what the file says. */
function asWritten(results: Results): Results {
  return JSON.parse(asJson(results)) as Results;
}

function roundFraction(_key: string, value: unknown): unknown {
  const isFraction = typeof value === 'number' && !Number.isInteger(value);
  return isFraction ? Number(value.toPrecision(6)) : value;
}

function writeCharts(results: Results, folder: string): void {
  writeFileSync(join(folder, 'benchmark.svg'), drawSpeed(results));
  writeFileSync(join(folder, 'growth.svg'), drawGrowth(results));
}

function updatePages(results: Results): void {
  for (const page of PAGES.filter(existsSync)) {
    const withTables = withSection(readFileSync(page, 'utf8'), 'bench', renderTables(results));
    writeFileSync(page, withSection(withTables, 'bench-five', renderFiveFigures(results)));
  }
}
