import {writeFile} from 'node:fs/promises';
import {join, parse, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {callersFolder} from '../callers-folder';
import {formatCount, formatMinute} from './format';
import {describeFindings} from './finding-counts';
import {renderHtml} from './html';
import {summarise} from './summarise';
import type {Summary} from './summarise';
import {describeSkipped} from './sync-details';

const HELP = `Usage: npm run report -- FILE [--out REPORT.html]

Makes one HTML page, which needs no network, from the Airbyte messages that a read wrote.

  FILE         the messages, one a line
  --out FILE   where the page goes; without it: beside FILE, with the ending .html

Both may be relative to the folder that you are in.

  -h, --help   shows this
`;

/** What to tell the person, without a stack. 2: the command is wrong; 1: the file is. */
class ReportError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}

/** Makes the report that the arguments ask for. Resolves to the exit code. */
export async function runReport(args: readonly string[]): Promise<number> {
  try {
    const paths = readArguments(args);
    if (paths === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const summary = await readSummary(paths.file);
    await writePage(paths.out, renderHtml(summary));
    process.stdout.write(`${describe(paths.out, summary)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ReportError)) {
      throw error;
    }
    process.stderr.write(`report: ${error.message}\n`);
    return error.exitCode;
  }
}

function readArguments(args: readonly string[]): {file: string; out: string} | 'help' {
  const {values, positionals} = parseCommandLine(args);
  if (values.help === true) {
    return 'help';
  }
  const [file, ...others] = positionals;
  if (file === undefined || file === '' || others.length > 0) {
    throw usageError(file ? `one file at a time, not also ${others.join(' ')}` : 'which file?');
  }
  const {dir, name} = parse(file);
  const out = values.out ?? join(dir, `${name}.html`);
  if (inCallersFolder(out) === inCallersFolder(file)) {
    throw usageError(`${file} would be overwritten by the report; name another one with --out`);
  }
  return {file, out};
}

function parseCommandLine(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {out: {type: 'string'}, help: {type: 'boolean', short: 'h'}},
    });
  } catch (error) {
    throw usageError((error as Error).message);
  }
}

async function readSummary(file: string): Promise<Summary> {
  return summarise(inCallersFolder(file)).catch((error: unknown) => {
    throw new ReportError(`cannot read ${file}: ${(error as Error).message}`, 1);
  });
}

async function writePage(out: string, page: string): Promise<void> {
  await writeFile(inCallersFolder(out), page).catch((error: unknown) => {
    throw new ReportError(`cannot write ${out}: ${(error as Error).message}`, 1);
  });
}

function inCallersFolder(path: string): string {
  return resolve(callersFolder('report'), path);
}

function describe(out: string, summary: Summary): string {
  const {records, first, last, sync, lines} = summary;
  const span = records === 0 ? '' : `, ${formatMinute(first)} to ${formatMinute(last)} UTC`;
  return [
    out,
    `${formatCount(records, 'audit record')} in ${formatCount(lines, 'line')}${span}`,
    describeFindings(summary),
    [
      formatCount(sync.states, 'state'),
      formatCount(sync.warnings, 'warning'),
      formatCount(sync.errors, 'error'),
      `skipped: ${describeSkipped(summary.skipped)}`,
    ].join(', '),
  ].join('\n');
}

function usageError(message: string): ReportError {
  return new ReportError(`${message}\n\n${HELP}`, 2);
}
