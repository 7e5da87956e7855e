/** White space (line breaks among it), control and format characters. */
const UNSEEN = /[\s\p{Cf}\p{Cc}]+/gu;
/** From the first character that is none of them to the last one: in linear time, whatever the text. */
const SEEN = /[^\s\p{Cf}\p{Cc}](?:[^]*[^\s\p{Cf}\p{Cc}])?/u;
const AMID = /[\p{Cf}\p{Cc}]/u;
const MOST_CHARACTERS = 300;

/** Without what cannot be seen around it: copying leaves it behind. */
export function cutUnseen(text: string): string {
  return SEEN.exec(text)?.[0] ?? '';
}

/** The first control or format character in a text, as `U+200B`; undefined if there is none. */
export function unseenIn(text: string): string | undefined {
  const codePoint = AMID.exec(text)?.[0].codePointAt(0);
  return codePoint === undefined
    ? undefined
    : `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Words from outside, fit for a message: one line in which nothing is a command to a terminal or to a CI's
 * log, of `most` characters at most. No word is cut in two: half a secret would not be masked.
 */
export function oneLine(text: string, most = MOST_CHARACTERS): string {
  const line = cutUnseen(text.slice(0, 4 * most)).replaceAll(UNSEEN, ' ');
  return line.length <= most && text.length <= 4 * most
    ? line
    : line.slice(0, most).replace(/[^\s"',;|<>(){}[\]]*$/, '…');
}

/** Of `known`, the word that has most in common with `word`, for their lengths. */
export function nearestTo(word: string, known: readonly string[]): string {
  const wanted = piecesOf(word);
  const likeness = known.map((other) => {
    const pieces = piecesOf(other);
    return pieces.filter((each) => wanted.includes(each)).length / (wanted.length + pieces.length);
  });
  return known[likeness.indexOf(Math.max(...likeness))] ?? '';
}

/** Letters and pairs of them. Capitals and what joins words make no difference: `apiToken` is `api_token`. */
function piecesOf(word: string): string[] {
  const letters = word
    .slice(0, 60)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return Array.from(letters, (letter, at) => [letter, letters.slice(at, at + 2)]).flat();
}
