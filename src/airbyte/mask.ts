import {cutUnseen} from '../words';
import {charactersOf, readingsOf} from './readings';

const MASK = '****';
/** A shorter run of a secret is left alone: it tells nothing, and may be a word. */
const RUN = 8;
const NEWLINE = 10;
const WORD = 4;
/** So long is a piece that is compared letter by letter: shorter ones are found in many texts. */
const PIECE = 7;
/** In words. A run of 11 bytes holds a word that is looked at, wherever in the memory it stands. */
const STRIDE = 2;
/** No token of Atlassian's is shorter: such a one is refused, and masking it would tear other words. */
const SHORTEST_TOKEN = 8;
const SHORTEST_PASSWORD = 4;

/**
 * Replaces secrets, and every run of one out of which it could be put together, as anybody may have written
 * them: in JSON, a URL, HTML or quoted-printable, broken into lines, or cut off.
 */
export class Mask {
  /** All runs of so many characters: of a secret that is shorter, the whole of it. */
  private readonly runs = new Map<number, Set<string>>();
  private readonly pieces = new Set<string>();
  /** By their hashes, 1 for the words of memory that are in secrets. */
  private readonly words = new Uint8Array(1 << 16);

  constructor(secrets: readonly string[]) {
    for (const secret of secrets.map(charactersOf).filter((clear) => clear !== '')) {
      const length = Math.min(RUN, secret.length);
      const ofLength = this.runs.get(length) ?? new Set();
      for (let at = 0; at + length <= secret.length; at++) {
        ofLength.add(secret.slice(at, at + length));
      }
      this.runs.set(length, ofLength);
      const bytes = Buffer.from(length < RUN ? '' : secret, 'latin1');
      for (let at = 0; at + WORD <= bytes.length; at++) {
        this.words[hash(bytes.readInt32LE(at))] = 1;
        this.pieces.add(bytes.toString('latin1', at, at + PIECE));
      }
    }
  }

  /** A text without secrets. */
  text(text: string): string {
    let masked = '';
    let done = -1;
    for (const [start, end] of this.placesIn(text)) {
      // One that begins where another goes on is a part of the same.
      masked += start > done ? `${text.slice(Math.max(0, done), start)}${MASK}` : '';
      done = Math.max(done, end);
    }
    return masked + text.slice(Math.max(0, done));
  }

  /** JSON lines without secrets; the same bytes if there are none in them. */
  bytes(bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    let done = 0;
    for (let at = this.findPiece(bytes, 0); at !== -1; at = this.findPiece(bytes, done)) {
      const start = bytes.lastIndexOf(NEWLINE, at) + 1;
      const next = bytes.indexOf(NEWLINE, at);
      const end = next === -1 ? bytes.length : next;
      const line = this.text(bytes.toString('utf8', start, end));
      parts.push(bytes.subarray(done, start), Buffer.from(line));
      done = end;
    }
    return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(done)]);
  }

  /**
   * Where in bytes, at or after a place, a piece of a secret stands; -1 if there is none. It goes at the speed
   * of reading memory, since it looks at every eighth byte only. Eleven characters of a secret in a row,
   * written as they are, are found for certain.
   */
  private findPiece(bytes: Buffer, from: number): number {
    if (this.pieces.size === 0 || bytes.length < PIECE) {
      return -1;
    }
    // Words stand at multiples of four in memory.
    const skew = -bytes.byteOffset & (WORD - 1);
    const count = Math.floor((bytes.length - skew) / WORD);
    const aligned = new Int32Array(bytes.buffer, bytes.byteOffset + skew, count);
    let i = nextOf(this.words, aligned, Math.max(0, Math.ceil((from - skew) / WORD)));
    while (i !== -1 && !this.isPieceAround(bytes, i * WORD + skew)) {
      i = nextOf(this.words, aligned, i + STRIDE);
    }
    return i === -1 ? -1 : i * WORD + skew;
  }

  private isPieceAround(bytes: Buffer, at: number): boolean {
    return [3, 2, 1, 0].some((before) =>
      this.pieces.has(bytes.toString('latin1', at - before, at - before + PIECE)),
    );
  }

  /** Where runs of secrets stand in a text, from and to, in order. */
  private placesIn(text: string): [number, number][] {
    const found: [number, number][] = [];
    for (const {characters, starts, ends} of readingsOf(text)) {
      for (const [length, ofLength] of this.runs) {
        for (let at = 0; at + length <= characters.length; at++) {
          if (ofLength.has(characters.slice(at, at + length))) {
            found.push([starts[at]!, ends[at + length - 1]!]);
          }
        }
      }
    }
    return found.sort(([a], [b]) => a - b);
  }
}

/** What of settings must not come out: the token, and the Basic credentials that it is part of. */
export function secretsIn(settings: unknown): string[] {
  const [email, token] = ['email', 'api_token'].map((key) => {
    // As it will be used, before it is known whether the settings are any.
    const value = (settings as Record<string, unknown> | null)?.[key];
    return typeof value === 'string' ? cutUnseen(value) : '';
  });
  return token!.length < SHORTEST_TOKEN ? [] : [token!, basicOf(`${email}:${token}`)];
}

/** Likewise the passwords of the proxies that the environment names. */
export function proxySecretsIn(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    const isProxy = /^(https?|all)_proxy$/i.test(name);
    const [, user, written] = (isProxy && /^(?:\w+:\/\/)?([^:]*):(.*)@/.exec(value)) || [];
    const password = decode(written ?? '');
    return password.length < SHORTEST_PASSWORD
      ? []
      : [password, written!, basicOf(`${decode(user!)}:${password}`)];
  });
}

function basicOf(credentials: string): string {
  return Buffer.from(credentials).toString('base64').replace(/=+$/, '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The loop that every byte of every record goes through. */
function nextOf(words: Uint8Array, aligned: Int32Array, from: number): number {
  for (let i = from; i < aligned.length; i += STRIDE) {
    if (words[hash(aligned[i]!)] === 1) {
      return i;
    }
  }
  return -1;
}

function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 16;
}
