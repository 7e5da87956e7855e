/** A text as one kind of software means it: characters (those beyond ASCII as the bytes of UTF-8), and where each stands. */
export interface Reading {
  readonly characters: string;
  readonly starts: readonly number[];
  /** Where in the text a character ends. */
  readonly ends: readonly number[];
}

/** What breaks a secret apart and is no part of it: white space, JSON's backslashes and line breaks. */
const NOISE = String.raw`(?<noise>\s+|\\+[nrt]|\\+(?!u[0-9a-fA-F]{4}))`;
const PLAIN = new RegExp(NOISE, 'y');
/** JSON's `\u003d`, a URL's `%3D` (or `%253D`), HTML's `&#61;`, `&#x3d;` and `&amp;`. */
const ESCAPED = new RegExp(
  String.raw`${NOISE}|\\+u(?<json>[0-9a-fA-F]{4})|%(?:25)*(?<hex>[0-9a-fA-F]{2})|&(?:amp;)*#(?:x(?<html>[0-9a-fA-F]{1,6})|(?<decimal>\d{1,7}));|&(?<name>amp|lt|gt|quot|apos);`,
  'y',
);
/** Quoted-printable: `=3D`, and `=` at the end of a line that goes on. */
const QUOTED_PRINTABLE = new RegExp(
  String.raw`(?:=(?=\s*[\r\n]|\\+[nr]))|${NOISE}|=(?<hex>[0-9a-fA-F]{2})`,
  'y',
);
const NAMED: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"};

/** The characters of a text as it is, without what may break a secret apart. */
export function charactersOf(text: string): string {
  return read(text, PLAIN).characters;
}

/** A text in each of the ways in which software may have written a secret into it. */
export function readingsOf(text: string): Reading[] {
  const readings = [read(text, PLAIN)];
  if (/[\\%&]/.test(text)) {
    readings.push(read(text, ESCAPED));
  }
  if (text.includes('=')) {
    readings.push(read(text, QUOTED_PRINTABLE));
  }
  return readings;
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
function meant({json, hex, html, decimal, name}: Partial<Record<string, string>>): string {
  if (hex !== undefined) {
    return withoutNoise(String.fromCharCode(parseInt(hex, 16)));
  }
  if (name !== undefined) {
    return NAMED[name]!;
  }
  const codePoint = parseInt(json ?? html ?? decimal ?? '', (json ?? html) ? 16 : 10);
  return codePoint <= 0x10ffff ? withoutNoise(bytesOf(String.fromCodePoint(codePoint))) : '';
}

function withoutNoise(character: string): string {
  return character.replaceAll(/[\s\\]/g, '');
}

/** A character as the bytes of UTF-8, each as one character: that is how URLs write it. */
function bytesOf(character: string): string {
  return character <= '\u007f' ? character : Buffer.from(character).toString('latin1');
}
