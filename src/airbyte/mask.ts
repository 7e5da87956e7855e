const MASK = '****';
/** A shorter run of a secret is left alone: it tells nothing, and may be a word. */
const RUN = 16;
const NEWLINE = 10;
/** Bytes of a word of memory. */
const WORD = 4;
/** So many bytes hold two whole words, wherever they begin: of such a secret every second one shows it. */
const TWO_WORDS = 11;
/** A string of JSON: what else is in a line is of numbers and of the protocol. */
const STRING = /"(?:[^"\\]|\\.)*"/g;

/**
 * A character as it may be written: as it is, with JSON's backslashes before it, as `\u003d` in JSON, `%3D` or
 * `%253D` in a URL, `&#61;`, `&#x3d;` or `&amp;` in HTML; or what may break a secret apart and is no part of it.
 */
const UNIT =
  /\\*(?:(?<=\\)(?:[nrt]|u(?<json>[\da-fA-F]{4}))|%(?:25)*(?<byte>[\da-fA-F]{2})|&(?:amp;)*#(?:x(?<html>[\da-fA-F]{1,5})|(?<decimal>\d{1,6}));|&(?<name>amp|lt|gt|quot|apos);|(?<plain>[^\s\\])|\s+|$)/gu;
const NAMED: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"};

/** Replaces secrets and every long run of one, as anybody may have written them, broken into lines or cut off. */
export class Mask {
  /** All runs of RUN characters; of a secret that is shorter, the whole of it. */
  private readonly runs = new Set<string>();
  private readonly runsOfTheWay = new Set<string>();
  private readonly lengths = new Set<number>();
  /** The words of memory that are in secrets; and by their hashes, 1 for each. */
  private readonly words = new Set<number>();
  private readonly hashes = new Uint8Array(1 << 16);
  private readonly step: number;

  /** @param ofTheWay secrets that no server knows, so that no record has them: their words may stand there */
  constructor(secrets: readonly string[], ofTheWay: readonly string[] = []) {
    secrets.forEach((each) => this.addRuns(each, this.runs));
    ofTheWay.forEach((each) => this.addRuns(each, this.runsOfTheWay));
    for (const spelled of secrets.flatMap(spellings)) {
      const bytes = Buffer.from(spelled);
      for (let at = 0; at + WORD <= bytes.length; at++) {
        const word = bytes.readInt32LE(at);
        this.words.add(word);
        this.hashes[hash(word)] = 1;
      }
    }
    this.step = secrets.every(({length}) => length >= TWO_WORDS) ? 2 : 1;
  }

  /** A text without secrets. */
  text(text: string): string {
    return this.masked(text, [this.runs, this.runsOfTheWay]);
  }

  private addRuns(secret: string, runs: Set<string>): void {
    const {characters} = read(secret);
    const length = Math.min(RUN, characters.length);
    this.lengths.add(length);
    for (let at = 0; at + length <= characters.length; at++) {
      runs.add(characters.slice(at, at + length));
    }
  }

  private masked(text: string, runs: readonly Set<string>[]): string {
    const {characters, starts, ends} = read(text);
    let masked = '';
    let done = -1;
    for (let at = 0; at < characters.length; at++) {
      for (const length of this.lengths) {
        const run = characters.slice(at, at + length);
        if (runs.some((each) => each.has(run))) {
          // One that begins where another goes on is a part of the same.
          masked += starts[at]! > done ? text.slice(Math.max(0, done), starts[at]) + MASK : '';
          done = Math.max(done, ends[at + length - 1]!);
        }
      }
    }
    return masked + text.slice(Math.max(0, done));
  }

  /** JSON lines without secrets in their strings; the same bytes if there are none in them. */
  bytes(bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    let done = 0;
    for (let at = this.find(bytes, 0); at !== -1; at = this.find(bytes, done)) {
      const start = bytes.lastIndexOf(NEWLINE, at) + 1;
      const next = bytes.indexOf(NEWLINE, at + 1);
      const end = next === -1 ? bytes.length : next;
      const line = bytes
        .toString('utf8', start, end)
        .replace(STRING, (each) => this.masked(each, [this.runs]));
      parts.push(bytes.subarray(done, start), Buffer.from(line));
      done = end;
    }
    return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(done)]);
  }

  /** Where in bytes, at or after a place, a word of a secret stands; -1: nowhere. Every record goes through it. */
  private find(bytes: Buffer, from: number): number {
    const {hashes, step} = this;
    // Words stand at multiples of four in memory: the first one may begin before these bytes do.
    const skew = bytes.byteOffset % WORD;
    const count = Math.floor((bytes.length + skew) / WORD);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset - skew, count);
    for (let i = Math.floor((from + skew) / WORD); i < count; i += step) {
      const word = words[i]!;
      if (hashes[hash(word)] === 1 && this.words.has(word)) {
        return Math.max(from, i * WORD - skew);
      }
    }
    return -1;
  }
}

/** As a secret stands in bytes, if not as JSON or HTML: as it is, and as a URL has it, in another one, too. */
function spellings(secret: string): string[] {
  const encoded = encodeURIComponent(secret);
  return [secret, encoded, encodeURIComponent(encoded)];
}

/** The characters of a text, those beyond ASCII as the bytes of UTF-8, and where in it each begins and ends. */
function read(text: string): {characters: string; starts: number[]; ends: number[]} {
  const starts: number[] = [];
  const ends: number[] = [];
  let characters = '';
  for (const {index, 0: unit, groups} of text.matchAll(UNIT)) {
    for (const character of meant(groups!).replaceAll(/[\s\\]/g, '')) {
      characters += character;
      starts.push(index);
      ends.push(index + unit.length);
    }
  }
  return {characters, starts, ends};
}

function meant(unit: Partial<Record<string, string>>): string {
  const {json, byte, html, decimal, name = '', plain = ''} = unit;
  if (byte !== undefined) {
    return String.fromCharCode(parseInt(byte, 16));
  }
  const code = decimal === undefined ? parseInt(json ?? html ?? '', 16) : Number(decimal);
  const character = Number.isNaN(code) ? (NAMED[name] ?? plain) : String.fromCodePoint(code);
  return Buffer.from(character).toString('latin1');
}

function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 16;
}
