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
 * A mask for the API token as it is, URL-encoded, as it stands in JSON, and as the Basic credentials
 * that it is part of.
 */
export function createMask(email: string, apiToken: string): Mask {
  const forms = formsOf(email.trim(), apiToken.trim());
  const needles = forms
    .filter(({length}) => length >= SHORTEST_IN_RECORDS)
    .map((form) => Buffer.from(form));
  const text = (clear: string): string =>
    forms.reduce((masked, form) => masked.replaceAll(form, MASK), clear);
  return {
    text,
    bytes: (clear) =>
      needles.some((needle) => clear.includes(needle))
        ? Buffer.from(text(clear.toString('utf8')))
        : clear,
  };
}

function formsOf(email: string, token: string): string[] {
  if (token === '') {
    return [];
  }
  const basic = Buffer.from(`${email}:${token}`).toString('base64').replace(/=+$/, '');
  const forms = [basic, encodeURIComponent(basic), token, encodeURIComponent(token)];
  const inJson = forms.map((form) => JSON.stringify(form).slice(1, -1));
  // The longest first, so that none leaves a piece of another behind.
  return [...new Set([...forms, ...inJson])].sort((a, b) => b.length - a.length);
}
