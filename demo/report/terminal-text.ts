/** Characters that take two columns: East Asian ones, and pictures. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}]|[\u{20000}-\u{3FFFD}]/u;
/** Combining marks take none. */
const MARK = /\p{Mark}/u;
/** Controls and direction marks: a name from the log must not steer the terminal. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  const characters = Array.from(text.replace(CONTROL, ''));
  return characters.reduce((sum, character) => sum + columnsOf(character), 0);
}

/** The text, printable only, cut or padded to exactly so many columns. */
export function fitText(text: string, columns: number): string {
  const printable = text.replace(CONTROL, '');
  if (widthOf(printable) <= columns) {
    return printable + ' '.repeat(columns - widthOf(printable));
  }
  let cut = '';
  let width = 0;
  for (const character of printable) {
    if (width + columnsOf(character) > columns - 1) {
      break;
    }
    cut += character;
    width += columnsOf(character);
  }
  return `${cut}…${' '.repeat(columns - width - 1)}`;
}

function columnsOf(character: string): number {
  return MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}
