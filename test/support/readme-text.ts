import {readFileSync} from 'node:fs';
import {join} from 'node:path';

export const ROOT = join(__dirname, '..', '..');

export const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** A fenced block of the README. */
export interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

/** Its fenced blocks, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({
    language: language!,
    lines: text!.split('\n').slice(0, -1),
  }));
}

/** The rows of the table between `<!-- name:begin -->` and `<!-- name:end -->`, cell by cell. */
export function tableOf(name: string): string[][] {
  const between = new RegExp(`<!-- ${name}:begin -->(.*)<!-- ${name}:end -->`, 's');
  const text = between.exec(README)?.[1] ?? '';
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

/** A row of the failure table: what its first column says as a pattern, `…` for anything. */
export interface FailureRow {
  readonly sees: string;
  readonly pattern: RegExp;
}

export function failureRows(): FailureRow[] {
  return tableOf('failures').map(([sees = '']) => ({
    sees,
    pattern: new RegExp(`^${sees.split('…').map(literally).join('.*')}`),
  }));
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
