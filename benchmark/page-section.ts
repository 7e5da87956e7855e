import {join} from 'node:path';
import {ROOT} from './repository';

/** The pages that show figures, where they have the marks for them. */
export const PAGES = [join(ROOT, 'README.md'), join(ROOT, 'docs', 'benchmark.md')];

/** What a page may show that a program writes: all figures, five of them, or the faults of test/mutations. It has marks where they go. */
export type SectionName = 'bench' | 'bench-five' | 'faults';

/** What stands between the marks, without the line breaks around it; undefined without the marks. */
export function sectionOf(page: string, name: SectionName): string | undefined {
  const bounds = boundsIn(page, name);
  return bounds && page.slice(bounds.from, bounds.to).trim();
}

/** The page with `section` between the marks of that name; unchanged without them. */
export function withSection(page: string, name: SectionName, section: string): string {
  const bounds = boundsIn(page, name);
  return bounds ? `${page.slice(0, bounds.from)}\n${section}\n${page.slice(bounds.to)}` : page;
}

function boundsIn(page: string, name: SectionName): {from: number; to: number} | undefined {
  const begin = `<!-- ${name}:begin -->`;
  const at = page.indexOf(begin);
  const to = page.indexOf(`<!-- ${name}:end -->`, at);
  return at === -1 || to === -1 ? undefined : {from: at + begin.length, to};
}
