import {readFileSync} from 'node:fs';
import {join} from 'node:path';

export const ROOT = join(__dirname, '..', '..');

/** What a file of the repository says, by its path there. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

export const README = textOf('README.md');

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

/** The fenced blocks of a page, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({
    language: language!,
    lines: text!.split('\n').slice(0, -1),
  }));
}

/** The rows of the table between `<!-- name:begin -->` and `<!-- name:end -->` of a page, cell by cell. */
export function tableOf(page: string, name: string): string[][] {
  const between = new RegExp(`<!-- ${name}:begin -->(.*)<!-- ${name}:end -->`, 's');
  return rowsIn(between.exec(textOf(page))?.[1] ?? '');
}

/** The rows of the table of a page whose head begins with these cells. */
export function tableUnder(page: string, ...head: string[]): string[][] {
  const text = textOf(page);
  const at = text.indexOf(`\n| ${head.join(' | ')} |`);
  return at === -1 ? [] : rowsIn(text.slice(at + 1).split('\n\n', 1)[0]!);
}

/** The rows of a table, without its head. */
function rowsIn(text: string): string[][] {
  const [, , ...rows] = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(/ \| /)
      .map((cell) => cell.trim()),
  );
}

/** The pieces of a cell that are set as code. */
export function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** A test that a cell names: the file that a link leads to, and titles in quotes after it. */
export interface NamedTest {
  readonly file: string;
  readonly titles: readonly string[];
}

export function testsIn(cell: string): NamedTest[] {
  const links = cell.matchAll(/\]\((?:\.\.\/)?(test\/[\w/-]+\.test\.ts)\)((?:[:,] "[^"]+")*)/g);
  return [...links].map(([, file, titles]) => ({
    file: file!,
    titles: [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => title!),
  }));
}

/** A row of the failure table: what its first column says as a pattern, `…` for anything. */
export interface FailureRow {
  readonly sees: string;
  readonly pattern: RegExp;
}

/** The page that says what each failure means. */
export const FAILURES_PAGE = 'docs/when-something-is-wrong.md';

export function failureRows(): FailureRow[] {
  return tableOf(FAILURES_PAGE, 'failures').map(([sees = '']) => ({
    sees,
    pattern: new RegExp(`^${sees.split('…').map(literally).join('.*')}`),
  }));
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
