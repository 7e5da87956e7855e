const MOST_CHARACTERS = 300;

/**
 * Words from outside, fit for a message: one line, no control or invisible characters (nothing in them is
 * a command to a terminal or to a CI's log), and no more than `most` characters. No word is cut in two:
 * half a secret would not be masked.
 */
export function oneLine(text: string, most = MOST_CHARACTERS): string {
  const line = text
    .slice(0, 4 * most)
    .replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length <= most && text.length <= 4 * most
    ? line
    : line.slice(0, most).replace(/[^\s"',;|<>(){}[\]]*$/, '…');
}
