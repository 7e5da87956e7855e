import {formatNumber, formatShare} from './format';
import {markup} from './markup';
import type {Markup} from './markup';

/** One bar that lies; `colour` is a class of the style sheet. */
export interface Bar {
  label: Markup;
  count: number;
  colour?: string;
}

interface BarTable {
  /** The heading has this id, after `h-`. */
  id: string;
  column: string;
  bars: readonly Bar[];
  /** All events, of which the bars have their shares. */
  records: number;
}

/**
 * A ranking as a table whose third column is drawn: chart and figures in one, for every reader.
 * The style sheet colours the bars, so that they are right from the first paint, in light and dark.
 */
export function renderBars({id, column, bars, records}: BarTable): Markup {
  const peak = Math.max(1, ...bars.map(({count}) => count));
  const rows = bars.map(
    ({
      label,
      count,
      colour = 'accent',
    }) => markup`<tr><th scope="row">${label}</th><td class="drawn">${
      // the first two pixels are there for every bar, however short
      markup`<svg class="bar ${colour}" aria-hidden="true"><rect width="2" height="100%"/><rect width="${percent(count / peak)}" height="100%"/></svg>`
    }</td><td>${formatNumber(count)}</td><td>${formatShare(count, records)}</td></tr>
`,
  );
  return markup`<table class="bars" id="${id}" aria-labelledby="h-${id}"><thead><tr><th scope="col">${column}</th><td></td>
<th scope="col">Events</th><th scope="col">Share</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

/** A share as a length in SVG. */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(3))}%`;
}
