const MASK = '****';
/** A shorter secret is no token of Atlassian's, and would be found inside the JSON of any record. */
const SHORTEST_IN_RECORDS = 8;

/** Replaces secrets. */
export interface Mask {
  /** In a text. */
  text(text: string): string;
  /** In bytes of JSON lines; returns the same bytes if there is nothing to replace. */
  bytes(bytes: Buffer): Buffer;
}

/**
 * A mask for the API token and for the Basic credentials that it is part of: as they are, as they
 * stand in a URL or in JSON, and in any mixture of these, whoever wrote it.
 */
export function createMask(email: string, apiToken: string): Mask {
  const token = apiToken.trim();
  if (token === '') {
    return {text: (clear) => clear, bytes: (clear) => clear};
  }
  const basic = Buffer.from(`${email.trim()}:${token}`).toString('base64').replace(/=+$/, '');
  const secrets = [basic, token];
  const pattern = new RegExp(secrets.map(patternOf).join('|'), 'g');
  const needles = secrets
    .filter(({length}) => length >= SHORTEST_IN_RECORDS)
    .map((secret) => Buffer.from(longestPlainPart(secret)));
  const text = (clear: string): string => clear.replaceAll(pattern, MASK);
  return {
    text,
    bytes: (clear) =>
      needles.some((needle) => clear.includes(needle))
        ? Buffer.from(text(clear.toString('utf8')))
        : clear,
  };
}

/** What every way of writing a secret has in common, and is quickly found. */
function longestPlainPart(secret: string): string {
  return secret.split(/[^A-Za-z0-9]/).reduce((a, b) => (b.length > a.length ? b : a));
}

function patternOf(secret: string): string {
  return Array.from(secret, (char) => (/[A-Za-z0-9]/.test(char) ? char : anyWritingOf(char))).join(
    '',
  );
}

/** As it is, behind JSON's backslashes, as `\u003d`, or as `%3D`; each perhaps more than once over. */
function anyWritingOf(char: string): string {
  const asItIs = char.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  const inJson = char
    .split('')
    .map((unit) => `u${anyCase(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`)
    .join(String.raw`\\+`);
  const inUrl = [...Buffer.from(char)]
    .map((byte) => `%(?:25)*${anyCase(byte.toString(16).padStart(2, '0'))}`)
    .join('');
  return String.raw`(?:\\*(?:${asItIs}|${inJson})|${inUrl})`;
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
