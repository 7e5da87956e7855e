const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** What stands between the marks, without the line breaks around it; undefined without the marks. */
export function sectionOf(readme: string): string | undefined {
  const bounds = boundsIn(readme);
  return bounds && readme.slice(bounds.from, bounds.to).trim();
}

/** The README with `section` between its marks; unchanged without them. */
export function withSection(readme: string, section: string): string {
  const bounds = boundsIn(readme);
  return bounds
    ? `${readme.slice(0, bounds.from)}\n${section}\n${readme.slice(bounds.to)}`
    : readme;
}

function boundsIn(readme: string): {from: number; to: number} | undefined {
  const begin = readme.indexOf(BEGIN);
  const to = readme.indexOf(END, begin);
  return begin === -1 || to === -1 ? undefined : {from: begin + BEGIN.length, to};
}
