import type {Service} from './bench-plan';

/** How figures are written, for people. */

/** `12,345` */
export function whole(figure: number): string {
  return Math.round(figure).toLocaleString('en-US');
}

/** Three digits that count, none in front of a decimal point lost: `0.0412`, `4.12`, `41.2`, `412`. */
export function threeDigits(figure: number): string {
  if (figure === 0 || figure >= 100) {
    return whole(figure);
  }
  return Number(figure.toPrecision(3)).toString();
}

/** A ratio, `1.31 ×`. */
export function times(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)} ×`;
}

/** `gzip, no delay` or `plain, 150 ms a request` */
export function serviceText({encoding, delayMs}: Service): string {
  return `${encoding}, ${delayMs === 0 ? 'no delay' : `${delayMs} ms a request`}`;
}

/** For axes: `100`, `10k`, `1M`. */
export function short(figure: number): string {
  if (figure >= 1_000_000) {
    return `${figure / 1_000_000}M`;
  }
  return figure >= 1000 ? `${figure / 1000}k` : String(figure);
}
