import {cutUnseen} from '../words';
import {charactersOf, readingsOf} from './readings';
import {type FindPiece, pieceFinder} from './secret-pieces';

const MASK = '****';
/** A shorter run of a secret is left alone: it tells nothing, and may be a word. */
const RUN = 8;
const NEWLINE = 10;
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
  private readonly findPiece: FindPiece;

  constructor(secrets: readonly string[]) {
    const clear = secrets.map(charactersOf).filter((secret) => secret !== '');
    for (const secret of clear) {
      const length = Math.min(RUN, secret.length);
      const ofLength = this.runs.get(length) ?? new Set();
      for (let at = 0; at + length <= secret.length; at++) {
        ofLength.add(secret.slice(at, at + length));
      }
      this.runs.set(length, ofLength);
    }
    this.findPiece = pieceFinder(clear.filter(({length}) => length >= RUN));
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
