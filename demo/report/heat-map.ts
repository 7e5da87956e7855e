import {formatCount, formatNumber} from './format';
import {markup} from './markup';
import type {Markup} from './markup';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const LEVELS = 9;

/** Events by weekday and hour as a table whose cells are tinted: a browser needs no script for it. */
export function renderHeatMap(week: readonly number[][]): Markup {
  const peak = Math.max(...week.flat());
  const hours = Array.from({length: 24}, (_, hour) => hour);
  return markup`<section class="card" aria-labelledby="h-week">
<h3 id="h-week">Hours of the week</h3>
<p class="sub" id="d-week">In UTC<span class="hidden">. The arrow keys go from hour to hour.</span></p>
<div class="scroll"><table class="heat" aria-labelledby="h-week" aria-describedby="d-week"
data-readout="readout-week" data-row-length="24">
<thead><tr><td></td>${hours.map(
    (hour) => markup`<th scope="col">${String(hour).padStart(2, '0')}</th>`,
  )}</tr></thead>
<tbody>
${week.map((counts, day) => renderDay(day, counts, peak, week.flat().indexOf(peak)))}</tbody>
</table></div>
<p class="readout" id="readout-week" aria-hidden="true">Most: ${describeHour(week.flat().indexOf(peak), peak)}</p>
<p class="scale" aria-hidden="true">0 ${Array.from(
    {length: LEVELS + 1},
    (_, level) => markup`<span class="h${level}"></span>`,
  )} ${formatNumber(peak)} an hour of the week</p>
</section>`;
}

function renderDay(day: number, counts: readonly number[], peak: number, first: number): Markup {
  const name = WEEKDAYS[day] ?? '';
  const cells = counts.map((count, hour) => {
    const index = 24 * day + hour;
    return markup`<td class="h${levelOf(count, peak)}" tabindex="${index === first ? 0 : -1}" aria-label="${describeHour(index, count)}"></td>`;
  });
  return markup`<tr><th scope="row"><abbr title="${name}">${name.slice(0, 3)}</abbr></th>${cells}</tr>
`;
}

/** 0 is for no event at all; a single one is already level 1. */
function levelOf(count: number, peak: number): number {
  return peak === 0 ? 0 : Math.ceil((LEVELS * count) / peak);
}

/** `index`: the hour of the week, from Monday on. */
function describeHour(index: number, count: number): string {
  const hour = index % 24;
  const day = WEEKDAYS[Math.floor(index / 24)] ?? '';
  return `${day} ${clock(hour)} to ${clock(hour + 1)}: ${formatCount(count, 'event')}`;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
