import {charactersOf, readingsOf} from './readings';
import {type FindPiece, pieceFinder} from './secret-pieces';

const MASK = '****';
/** A shorter run of a secret is left alone: it tells nothing, and may be a word. */
const RUN = 8;
const NEWLINE = 10;

/** Replaces secrets, and every run of one out of which it could be put together. */
export interface Mask {
  /** In a text. */
  text(text: string): string;
  /** In bytes of JSON lines; returns the same bytes if there is nothing to replace. */
  bytes(bytes: Buffer): Buffer;
}

/**
 * A mask for these secrets as anybody may have written them: in JSON, a URL, HTML or quoted-printable,
 * broken into lines, or cut off.
 */
export function createMask(secrets: readonly string[]): Mask {
  /** All runs of so many characters: of a secret that is shorter, the whole of it. */
  const runs = new Map<number, Set<string>>();
  const clear = secrets.map(charactersOf).filter((secret) => secret !== '');
  for (const secret of clear) {
    const length = Math.min(RUN, secret.length);
    const ofLength = runs.get(length) ?? new Set();
    for (let at = 0; at + length <= secret.length; at++) {
      ofLength.add(secret.slice(at, at + length));
    }
    runs.set(length, ofLength);
  }
  const text = (each: string): string => replaceRuns(each, runs);
  const findPiece = pieceFinder(clear.filter(({length}) => length >= RUN));
  return {text, bytes: (bytes) => replaceLines(bytes, findPiece, text)};
}

function replaceRuns(text: string, runs: ReadonlyMap<number, ReadonlySet<string>>): string {
  const found: [number, number][] = [];
  for (const {characters, starts, ends} of readingsOf(text)) {
    for (const [length, ofLength] of runs) {
      for (let at = 0; at + length <= characters.length; at++) {
        if (ofLength.has(characters.slice(at, at + length))) {
          found.push([starts[at]!, ends[at + length - 1]!]);
        }
      }
    }
  }
  let masked = '';
  let done = -1;
  for (const [start, end] of found.sort(([a], [b]) => a - b)) {
    // One that begins where another goes on is a part of the same.
    masked += start > done ? `${text.slice(Math.max(0, done), start)}${MASK}` : '';
    done = Math.max(done, end);
  }
  return masked + text.slice(Math.max(0, done));
}

function replaceLines(
  bytes: Buffer,
  findPiece: FindPiece,
  replace: (line: string) => string,
): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  for (let at = findPiece(bytes, 0); at !== -1; at = findPiece(bytes, done)) {
    const start = bytes.lastIndexOf(NEWLINE, at) + 1;
    const next = bytes.indexOf(NEWLINE, at);
    const end = next === -1 ? bytes.length : next;
    parts.push(
      bytes.subarray(done, start),
      Buffer.from(replace(bytes.toString('utf8', start, end))),
    );
    done = end;
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(done)]);
}
