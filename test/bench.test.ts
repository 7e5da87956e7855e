import {afterAll, beforeAll, describe, expect, it, test} from '@jest/globals';
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {parseBenchOptions} from '../benchmark/bench-options';
import {servicesOf} from '../benchmark/bench-plan';
import {checkContract} from '../benchmark/checks';
import {measureProcess} from '../benchmark/measure-process';
import {serviceText} from '../benchmark/figure-text';
import {renderFiveFigures} from '../benchmark/five-figures';
import {makeLog} from '../benchmark/log-plan';
import {median, medianRatio} from '../benchmark/median';
import {readSlowly} from '../benchmark/pipe-readers';
import {procSampler} from '../benchmark/process-cost';
import {PAGES, sectionOf, withSection} from '../benchmark/page-section';
import {BENCH_PROGRAM, ROOT} from '../benchmark/repository';
import type {Results, Standing} from '../benchmark/results';
import {renderTables} from '../benchmark/tables';

const execute = promisify(execFile);
const bench = (...args: string[]) => execute(process.execPath, [BENCH_PROGRAM, ...args]);

function readResults(folder: string): Results {
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Results;
}

describe('a small benchmark', () => {
  const out = mkdtempSync(join(tmpdir(), 'bench-test-'));
  let stdout = '';
  let stderr = '';
  let results: Results;
  let shapes: Results;

  beforeAll(async () => {
    const small = ['--runs', '1', '--no-peers'];
    const most = ['--only', 'start-up,speed,spellings,memory', '--sizes', '1001'];
    const [all] = await Promise.all([
      bench(...small, ...most, '--out', out),
      bench(...small, '--only', 'shapes', '--sizes', '100', '--out', join(out, 'shapes')),
    ]);
    ({stdout, stderr} = all);
    results = readResults(out);
    shapes = readResults(join(out, 'shapes'));
  });

  afterAll(() => rmSync(out, {recursive: true}));

  it('reads the same log in all ways, with and without a delay', () => {
    expect(results.cases.map((each) => [each.records, serviceText(each)])).toEqual([
      [1001, 'gzip, no delay'],
      [1001, 'plain, no delay'],
      [1001, 'gzip, 150 ms a request'],
    ]);
    for (const {contestants, leftOut} of results.cases) {
      const names = contestants.map(({name}) => name);
      expect(names).toEqual(['connector', 'bare client', 'bare bytes']);
      const why = 'left out on request';
      expect(leftOut).toEqual([
        {name: 'airbyte-cdk, 1000 a page', why},
        {name: 'airbyte-cdk, 25 a page', why},
      ]);
    }
  });

  it('measures each run', () => {
    const standings = results.cases.flatMap(({contestants}) => contestants);
    for (const {name, runs, median: middle, recordsPerSecond, ...ratios} of standings) {
      expect(runs).toHaveLength(1);
      expect(middle).toEqual(runs[0]);
      expect(middle.wallSeconds).toBeGreaterThan(0.02);
      expect(middle.cpuSeconds).toBeGreaterThan(0.01);
      expect(middle.peakMemoryMb).toBeGreaterThan(20);
      expect(recordsPerSecond).toBeCloseTo(1001 / middle.wallSeconds, 0);
      expect([name === 'bare client', ratios.timesBareClient === 1]).toEqual(
        name === 'bare client' ? [true, true] : [false, false],
      );
    }
  });

  it('has the bare clients fetch the pages one by one', () => {
    const bare = (standing: Standing): boolean => standing.name !== 'connector';
    const standings = results.cases.flatMap(({contestants}) => contestants).filter(bare);
    for (const {median: middle} of standings) {
      expect(middle).toMatchObject({requests: 2, mostInFlight: 1});
    }
    const delayed = standings.slice(4).map((each) => each.median.wallSeconds);
    expect(Math.min(...delayed)).toBeGreaterThan(0.3);
  });

  it('says how cost grows, and what a slow reader does', () => {
    expect(results.growth).toEqual([]);
    expect(shapes.growth.map(({shape, records}) => `${records} ${shape}`)).toEqual([
      '100 even',
      '100 office',
      '100 bursty',
      '100 burst',
      '100 sparse',
    ]);
    expect(shapes).toMatchObject({cases: [], spellings: []});
    expect(results.slowReader).toMatchObject({records: 1001, bytesPerSecond: 20_000_000});
    expect(results.startUp?.specSeconds).toHaveLength(1);
    expect(results.large).toMatchObject({records: 1001, recordBytes: 16_000});
    expect(results.spellings.map(({spelling}) => spelling)).toEqual([
      'nulls and blanks',
      'escapes',
    ]);
  });

  it('says which figures of the contract are met', () => {
    expect(results.checks).toHaveLength(11);
    expect(shapes.checks).toHaveLength(5);
    for (const {figure, atMost, isMet} of [...results.checks, ...shapes.checks]) {
      expect(isMet).toBe(figure <= atMost);
    }
  });

  it('names the machine and the versions', () => {
    expect(results.machine.cores).toBeGreaterThan(0);
    expect(results.versions).toMatchObject({node: process.versions.node});
    expect(Date.parse(results.date)).not.toBeNaN();
  });

  it('prints what it wrote, and tells on stderr how far it is', () => {
    expect(stdout).toBe(`${renderTables(results)}\n`);
    expect(stderr).toMatch(
      /^ *\d+ s {2}1001 records, gzip, no delay, round 1: connector [\d.]+ s$/m,
    );
  });

  it('draws two charts', () => {
    for (const name of ['benchmark.svg', 'growth.svg']) {
      for (const folder of [out, join(out, 'shapes')]) {
        const svg = readFileSync(join(folder, name), 'utf8');
        expect(svg).toMatch(/^<svg [^>]+>\n<title>.+<\/title>\n[\s\S]+<\/svg>\n$/);
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      }
    }
  });
});

test('large records are as large as the plan says, and still records', () => {
  const plan = {records: 20, shape: 'even'} as const;
  const log = makeLog({...plan, recordBytes: 16_000}).records();
  const sizes = log.map((record) => Buffer.byteLength(JSON.stringify(record)));
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(16_000);
  expect(Math.max(...sizes)).toBeLessThan(16_200);
  expect(log.map(({creationDate}) => creationDate)).toEqual(
    makeLog(plan)
      .records()
      .map(({creationDate}) => creationDate),
  );
});

describe('figures', () => {
  it('are medians, and ratios of what was measured side by side', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    // A machine that becomes ten times slower changes no ratio.
    expect(medianRatio([1, 10, 100], [2, 20, 200])).toBe(0.5);
  });

  it('take in the CPU time and the memory of the process', async () => {
    const work = 'const b = Buffer.alloc(7e7, 1); while (process.cpuUsage().user < 2e5);';
    const run = await measureProcess([process.execPath, '-e', work]);
    expect(run.cpuSeconds).toBeGreaterThan(0.15);
    expect(run.peakMemoryMb).toBeGreaterThan(100);
    expect(run.peakMemoryMb).toBeLessThan(170);
    const meter = procSampler();
    const child = spawn(process.execPath, ['-e', work]);
    meter.watch(child.pid ?? 0);
    await once(child, 'exit');
    const sampled = meter.read();
    expect(sampled.cpuSeconds).toBeGreaterThan(0.15);
    expect(sampled.peakMemoryMb).toBeGreaterThan(100);
  });

  it('count lines, also for a reader that takes its time', async () => {
    const write = "process.stdout.write('x'.repeat(999).concat('\\n').repeat(500))";
    const command = [process.execPath, '-e', write];
    const atOnce = await measureProcess(command);
    const slowly = await measureProcess(command, readSlowly(1_000_000));
    expect([atOnce.lines, slowly.lines]).toEqual([500, 500]);
    // All but the 65 kB that the pipe holds and the 65 kB that were read last.
    expect(slowly.wallSeconds).toBeGreaterThan(0.3);
  });

  it('are not taken of a process that fails', async () => {
    const command = [process.execPath, '-e', "console.error('no luck'); process.exit(3)"];
    await expect(measureProcess(command)).rejects.toThrow(/exit code 3\nno luck/);
  });
});

describe('a page', () => {
  it('takes the tables between its marks, and only there', () => {
    const page = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';
    const updated = withSection(page, 'bench', 'new');
    expect(updated).toBe('before\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nafter\n');
    expect(sectionOf(updated, 'bench')).toBe('new');
    expect(withSection(page, 'bench-five', 'new')).toBe(page);
  });

  const results = readResults(join(ROOT, 'benchmark'));
  const sections = PAGES.filter((path) => existsSync(path)).flatMap((path) => {
    const page = readFileSync(path, 'utf8');
    return [
      {shown: sectionOf(page, 'bench'), measured: renderTables(results)},
      {shown: sectionOf(page, 'bench-five'), measured: renderFiveFigures(results)},
    ];
  });

  it('shows what benchmark/results.json says', () => {
    const there = sections.filter(({shown}) => shown !== undefined);
    expect(there.length).toBeGreaterThan(0);
    for (const {shown, measured} of there) {
      expect(shown).toBe(measured);
    }
  });

  it('rests on checks that follow from the figures beside them', () => {
    const anew = checkContract(results).map(({what, isMet}) => [what, isMet]);
    expect(results.checks.map(({what, isMet}) => [what, isMet])).toEqual(anew);
  });

  it('has five figures, each with its command', () => {
    const rows = renderFiveFigures(results).split('\n').slice(2);
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      const command = /`npm run bench -- (.*)` \|$/.exec(row)?.[1] ?? '';
      expect(parseBenchOptions(command.split(' '))?.plan.topics.length).toBeGreaterThan(0);
    }
  });
});

describe('the options', () => {
  it('measure all of it unless told otherwise', () => {
    const all = parseBenchOptions([]);
    expect(all).toMatchObject({isFull: true, out: undefined, onlyRender: false});
    expect(all?.plan.sizes).toEqual([10_000, 100_000, 1_000_000, 2_000_000]);
    expect(all?.plan.topics).toEqual(['start-up', 'speed', 'spellings', 'memory', 'shapes']);
    const parts = [
      ['--quick'],
      ['--sizes', '5'],
      ['--runs', '2'],
      ['--no-peers'],
      ['--only=speed'],
    ];
    for (const part of parts) {
      expect(parseBenchOptions(part)?.isFull).toBe(false);
    }
  });

  it('choose what is measured', () => {
    const plan = parseBenchOptions(['--only', 'speed,shapes', '--sizes', '100000,10'])?.plan;
    expect(plan).toMatchObject({
      topics: ['speed', 'shapes'],
      sizes: [10, 100_000],
      shapeSizes: [100, 1000, 10_000, 100_000],
    });
    expect(servicesOf(100_000).map(serviceText)).toEqual([
      'gzip, no delay',
      'plain, no delay',
      'gzip, 150 ms a request',
    ]);
    expect(servicesOf(2_000_000).map(serviceText)).toEqual(['gzip, no delay']);
  });

  it('are explained, and refused by name', async () => {
    expect((await bench('--help')).stdout).toContain('npm run bench -- [options]');
    const refused = bench('--sizes', '10,0');
    await expect(refused).rejects.toThrow(/--sizes takes whole numbers of at least 1, not '0'/);
    expect(() => parseBenchOptions(['--only', 'pace'])).toThrow(
      /--only takes start-up, speed, .*'pace'/,
    );
  });
});
