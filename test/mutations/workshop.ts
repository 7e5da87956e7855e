import {spawn} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';

import {type Catcher, describeCatcher, type Fault, type TestCatcher} from './fault';

const LEFT_OUT = new Set(['.git', '.venv', 'coverage', 'dist', 'node_modules']);
/** A run that takes longer has caught nothing, whatever it is doing. */
const MOST_MS = 120_000;

/** How a run ended. */
export interface Verdict {
  readonly isCaught: boolean;
  /** What it printed, to be shown where it is not what was expected. */
  readonly output: string;
}

/** A copy of this repository in which things may be made wrong: nothing here is ever changed. */
export class Workshop {
  private readonly folder = mkdtempSync(join(tmpdir(), 'workshop-'));
  private readonly simulator = join(this.folder, 'dist', 'simulator.js');

  /** @param root the folder of this repository */
  constructor(private readonly root: string) {
    const isCopied = (path: string): boolean => !LEFT_OUT.has(relative(root, path));
    cpSync(root, this.folder, {recursive: true, filter: isCopied});
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Removes the copy. */
  close(): void {
    rmSync(this.folder, {recursive: true});
  }

  /** Makes the code wrong, lets the catcher run, and puts it right again. @throws Error if the code has no such place */
  async tryFault(fault: Fault): Promise<Verdict> {
    const path = join(this.folder, 'src', fault.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, apply(fault, text));
    try {
      if ('test' in fault.caughtBy) {
        return await this.runTests([fault.caughtBy]);
      }
      await this.bundleSimulator();
      return await this.simulate(fault.caughtBy.command);
    } finally {
      writeFileSync(path, text);
    }
  }

  /** Lets catchers run on the code as it is. @returns those that cry, which they MUST not */
  async tryNone(catchers: readonly Catcher[]): Promise<string[]> {
    const commands = new Map(
      catchers.flatMap((by) => ('test' in by ? [] : [[describeCatcher(by), by.command] as const])),
    );
    const cries: string[] = [];
    await this.bundleSimulator();
    for (const [name, command] of commands) {
      const {isCaught, output} = await this.simulate(command);
      cries.push(...(isCaught ? [`${name}\n${output}`] : []));
    }
    const tests = catchers.flatMap((by) => ('test' in by ? [by] : []));
    if (tests.length > 0) {
      const {isCaught, output} = await this.runTests(tests);
      cries.push(...(isCaught ? [output] : []));
    }
    return cries;
  }

  private async bundleSimulator(): Promise<void> {
    const entry = 'test/simulation/main.ts';
    const options = ['--bundle', '--platform=node', '--target=node20', '--log-level=warning'];
    await this.mustRun(this.tool('esbuild'), [entry, ...options, `--outfile=${this.simulator}`]);
  }

  private async simulate(command: readonly string[]): Promise<Verdict> {
    const args = [this.simulator, ...command, '--stop', '--show', '0'];
    const {code, output} = await this.spawn(process.execPath, args);
    return {isCaught: code === 1 && output.includes('"broken'), output};
  }

  private async runTests(tests: readonly TestCatcher[]): Promise<Verdict> {
    await this.mustRun(process.execPath, ['scripts/build.mjs', 'main', 'sandbox']);
    const results = join(this.folder, 'dist', 'results.json');
    const titles = new Set(
      tests.map(({title}) => title.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)),
    );
    const options = ['--runInBand', '--json', `--outputFile=${results}`];
    const names = ['--testNamePattern', [...titles].join('|')];
    const files = new Set(tests.map(({test}) => test));
    const {output} = await this.spawn(this.tool('jest'), [...files, ...options, ...names]);
    const {numPassedTests, numFailedTests, numRuntimeErrorTestSuites} = JSON.parse(
      readFileSync(results, 'utf8'),
    ) as Record<string, number>;
    rmSync(results);
    if (numPassedTests! + numFailedTests! < titles.size || numRuntimeErrorTestSuites! > 0) {
      throw new Error(`There are fewer tests than named, or they cannot be run:\n${output}`);
    }
    return {isCaught: numFailedTests! > 0, output};
  }

  private tool(name: string): string {
    return join(this.root, 'node_modules', '.bin', name);
  }

  private async mustRun(program: string, args: readonly string[]): Promise<void> {
    const {code, output} = await this.spawn(program, args);
    if (code !== 0) {
      throw new Error(`${program} ${args.join(' ')}:\n${output}`);
    }
  }

  private spawn(
    program: string,
    args: readonly string[],
  ): Promise<{code: number | null; output: string}> {
    const {CONNECTOR_COVERAGE: _, ...env} = process.env;
    const child = spawn(program, args, {cwd: this.folder, env, timeout: MOST_MS});
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({code, output}));
    });
  }
}

/** The text of a file with the fault in it. @throws Error if what it replaces does not stand there once */
export function apply({name, file, find, replace}: Fault, text: string): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`"${name}": ${parts.length - 1} places in src/${file} to put it`);
  }
  return parts.join(replace);
}
