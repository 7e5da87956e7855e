import {formatNumber} from './format';
import {markup} from './markup';
import type {Markup} from './markup';

/** A question and what was found; without `found` it is only named. */
export interface Card {
  id: string;
  title: string;
  finds: string;
  sure: string;
  count: string;
  found: Markup | undefined;
}

const SHOWN = 3;
const MOST = 200;

/** What was found of a question. */
export function renderCard({id, title, finds, sure, count, found}: Card): Markup {
  return markup`<section class="card finding" id="q-${id}" aria-labelledby="h-${id}">
<h3 id="h-${id}">${title}</h3>
<p class="count">${count}</p>
${found ?? markup``}
<p class="note">${finds} ${sure}</p>
</section>
`;
}

/** The first rows, and the others behind a fold. */
export function renderRows(rows: readonly Markup[]): Markup | undefined {
  if (rows.length === 0) {
    return undefined;
  }
  const more = rows.slice(SHOWN, MOST);
  const all = rows.length > MOST ? `The first ${MOST} of` : 'All';
  const fold = markup`<details><summary>${all} ${formatNumber(rows.length)}</summary>
<ol class="latest" start="${SHOWN + 1}">${more}</ol></details>`;
  return markup`<ol class="latest">${rows.slice(0, SHOWN)}</ol>${more.length > 0 ? fold : markup``}`;
}
