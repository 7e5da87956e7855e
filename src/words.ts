/** From the first character that can be seen to the last one: in linear time, whatever the text. */
const SEEN = /[^\s\p{Cf}\p{Cc}](?:[^]*[^\s\p{Cf}\p{Cc}])?/u;
const MOST_CHARACTERS = 300;
/** Two words that are the same have one of a half. */
const LEAST_LIKENESS = 0.2;

/** Without white space, control and format characters around it: copying leaves them behind. */
export function cutUnseen(text: string): string {
  return SEEN.exec(text)?.[0] ?? '';
}

/**
 * Words from outside, fit for a message: one line in which nothing is a command to a terminal or to a CI's
 * log, of `most` characters at most. No word is cut in two: half a secret would not be masked.
 */
export function oneLine(text: string, most = MOST_CHARACTERS): string {
  const line = cutUnseen(text.slice(0, 4 * most)).replaceAll(/[\s\p{Cf}\p{Cc}]+/gu, ' ');
  return line.length <= most && text.length <= 4 * most
    ? line
    : line.slice(0, most).replace(/[^\s"',;|<>(){}[\]]*$/, '…');
}

/** Of `known`, the word that has most in common with `word`, for their lengths; undefined if that is little. */
export function nearestTo(word: string, known: readonly string[]): string | undefined {
  const wanted = piecesOf(word);
  const likeness = known.map((other) => {
    const pieces = piecesOf(other);
    return pieces.filter((each) => wanted.includes(each)).length / (wanted.length + pieces.length);
  });
  const most = Math.max(...likeness);
  return most < LEAST_LIKENESS ? undefined : known[likeness.indexOf(most)];
}

/** Letters and pairs of them. Capitals and what joins words make no difference: `apiToken` is `api_token`. */
function piecesOf(word: string): string[] {
  const letters = word
    .slice(0, 60)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return Array.from(letters, (letter, at) => [letter, letters.slice(at, at + 2)]).flat();
}
