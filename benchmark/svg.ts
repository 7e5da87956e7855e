/** A picture of its own background, so that it can be read in a light and in a dark README. */

const BACKGROUND = '#ffffff';
const EDGE = '#d0d7de';
const FONT = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

export const INK = '#1f2328';
export const FAINT = '#59636e';
export const GRID = '#e4e8ec';

type Attributes = Readonly<Record<string, string | number>>;

export interface TextStyle {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly fill?: string;
  readonly weight?: number;
}

/** A whole picture; `title` is what a screen reader says. */
export function picture(width: number, height: number, title: string, content: string[]): string {
  const card = element('rect', {
    x: 0.5,
    y: 0.5,
    width: width - 1,
    height: height - 1,
    rx: 8,
    fill: BACKGROUND,
    stroke: EDGE,
  });
  const open =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" font-family="${FONT}" role="img">`;
  const label = `<title>${escapeText(title)}</title>`;
  return [open, label, card, ...content, '</svg>', ''].join('\n');
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const {size = 12, anchor = 'start', fill = INK, weight = 400} = style;
  const font = {'font-size': size, 'font-weight': weight, 'text-anchor': anchor};
  return element('text', {x, y, fill, ...font}, escapeText(words));
}

export function bar(x: number, y: number, width: number, height: number, fill: string): string {
  return element('rect', {x, y, width: Math.max(width, 1), height, fill, rx: 2});
}

export function line(
  points: readonly (readonly [number, number])[],
  stroke: string,
  others: Attributes = {},
): string {
  const path = points.map((point) => point.map(rounded).join(',')).join(' ');
  return element('polyline', {points: path, fill: 'none', stroke, ...others});
}

export function dot(x: number, y: number, fill: string): string {
  return element('circle', {cx: x, cy: y, r: 3.5, fill});
}

function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    return `${key}="${typeof value === 'number' ? rounded(value) : value}"`;
  });
  const inside = [name, ...written].join(' ');
  return content === undefined ? `<${inside}/>` : `<${inside}>${content}</${name}>`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
