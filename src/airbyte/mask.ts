import {charactersOf, readingsOf} from './readings';
import {SecretPieces} from './secret-pieces';

const MASK = '****';
/** A shorter run of a secret is left alone: it tells nothing, and may be a word. */
const RUN = 8;
/** Runs in records are longer: what else is in a record, ids above all, must not match by chance. */
const RUN_IN_RECORDS = 12;
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
 * broken into lines, or cut off. What is not a secret is never replaced in records, and in a text only
 * where it is eight characters of one.
 */
export function createMask(secrets: readonly string[]): Mask {
  const wanted = secrets.map(charactersOf).filter((secret) => secret !== '');
  const long = wanted.filter(({length}) => length >= RUN);
  const runs = runsOf(wanted, RUN);
  const recordRuns = runsOf(long, RUN_IN_RECORDS);
  const pieces = new SecretPieces(long);
  return {
    text: (text) => replaceRuns(text, runs),
    bytes: (bytes) => replaceLines(bytes, pieces, (line) => replaceRuns(line, recordRuns)),
  };
}

/** All runs of so many characters, by their length: of a secret that is shorter, the whole of it. */
function runsOf(
  secrets: readonly string[],
  most: number,
): ReadonlyMap<number, ReadonlySet<string>> {
  const runs = new Map<number, Set<string>>();
  for (const secret of secrets) {
    const length = Math.min(most, secret.length);
    const ofLength = runs.get(length) ?? new Set();
    for (let at = 0; at + length <= secret.length; at++) {
      ofLength.add(secret.slice(at, at + length));
    }
    runs.set(length, ofLength);
  }
  return runs;
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
  let done = 0;
  for (const [start, end] of found.sort(([a], [b]) => a - b)) {
    // One that begins where another goes on is a part of the same.
    masked += start > done || done === 0 ? `${text.slice(done, start)}${MASK}` : '';
    done = Math.max(done, end);
  }
  return masked + text.slice(done);
}

function replaceLines(
  bytes: Buffer,
  pieces: SecretPieces,
  replace: (line: string) => string,
): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  for (let at = pieces.indexIn(bytes, 0); at !== -1; at = pieces.indexIn(bytes, done)) {
    const start = bytes.lastIndexOf(NEWLINE, at) + 1;
    const next = bytes.indexOf(NEWLINE, at);
    const end = next === -1 ? bytes.length : next;
    const line = bytes.toString('utf8', start, end);
    parts.push(bytes.subarray(done, start), Buffer.from(replace(line)));
    done = end;
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(done)]);
}
