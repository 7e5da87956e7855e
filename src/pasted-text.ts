const UNSEEN = String.raw`[\s\p{Cf}\p{Cc}]`;
const AROUND = new RegExp(`^${UNSEEN}+|${UNSEEN}+$`, 'gu');
const AMID = /[\p{Cf}\p{Cc}]/u;

/** Without the white space, control and format characters around it that copying leaves behind. */
export function cutUnseen(text: string): string {
  return text.replaceAll(AROUND, '');
}

/** The first control or format character in a text, as `U+200B`; undefined if there is none. */
export function unseenIn(text: string): string | undefined {
  const codePoint = AMID.exec(text)?.[0].codePointAt(0);
  return codePoint === undefined
    ? undefined
    : `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
