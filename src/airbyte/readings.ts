/** A text as one kind of software means it: characters (those beyond ASCII as the bytes of UTF-8), and where each stands. */
export interface Reading {
  readonly characters: string;
  readonly starts: readonly number[];
  /** Where in the text a character ends. */
  readonly ends: readonly number[];
}

/** What breaks a secret apart and is not part of it: white space, JSON's backslashes and line breaks. */
const NOISE = String.raw`(?<noise>\s+|\\+[nrt]|\\+(?!u[0-9a-fA-F]{4}))`;
const PLAIN = new RegExp(NOISE, 'y');
/**
 * JSON's `\u003d`, a URL's `%3D` (or `%253D`), HTML's `&#61;`, `&#x3d;` and `&amp;`, quoted-printable's
 * `=3D` and its `=` at the end of a line that goes on.
 */
const ESCAPED = new RegExp(
  String.raw`=(?=\s*[\r\n]|\\+[nr])|${NOISE}|\\+u(?<json>[0-9a-fA-F]{4})|(?:%(?:25)*|=)(?<byte>[0-9a-fA-F]{2})|&(?:amp;)*#(?:x(?<html>[0-9a-fA-F]{1,5})|(?<decimal>\d{1,6}));|&(?<name>amp|lt|gt|quot|apos);`,
  'y',
);
const NAMED: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"};

/** The characters of a text as it is, without what may break a secret apart. */
export function charactersOf(text: string): string {
  return read(text, PLAIN).characters;
}

/** A text as it is, and as it is meant where it is escaped: a secret may stand in it either way. */
export function readingsOf(text: string): Reading[] {
  const plain = read(text, PLAIN);
  return /[\\%&=]/.test(text) ? [plain, read(text, ESCAPED)] : [plain];
}

function read(text: string, units: RegExp): Reading {
  const starts: number[] = [];
  const ends: number[] = [];
  let characters = '';
  /** Backslashes belong to what stands behind them: a mask must not leave one by itself. */
  let start = -1;
  for (let at = 0; at < text.length;) {
    units.lastIndex = at;
    const match = units.exec(text);
    const end = match ? units.lastIndex : at + 1;
    const added = match ? meant(match.groups ?? {}) : bytesOf(text.charAt(at));
    for (const character of added) {
      characters += character;
      starts.push(start === -1 ? at : start);
      ends.push(end);
    }
    start = added === '' && match?.[0].endsWith('\\') === true ? at : -1;
    at = end;
  }
  return {characters, starts, ends};
}

/** What a unit stands for: '' for noise, as an escaped backslash or blank is. */
function meant({json, byte, html, decimal, name}: Partial<Record<string, string>>): string {
  if (name !== undefined) {
    return NAMED[name]!;
  }
  const hex = json ?? byte ?? html;
  const code = hex === undefined ? Number(decimal ?? 0) : parseInt(hex, 16);
  const meaning =
    byte === undefined ? bytesOf(String.fromCodePoint(code)) : String.fromCharCode(code);
  return code === 0 ? '' : meaning.replaceAll(/[\s\\]/g, '');
}

/** A character as the bytes of UTF-8, each as one character: that is how URLs write it. */
function bytesOf(character: string): string {
  return character <= '\u007f' ? character : Buffer.from(character).toString('latin1');
}
