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
<h2 id="h-week">Hours of the week</h2>
<p class="sub">${describePeak(week, peak)}</p>
<div class="scroll"><table class="heat">
<thead><tr><td></td>${hours.map(
    (hour) => markup`<th scope="col">${String(hour).padStart(2, '0')}</th>`,
  )}</tr></thead>
<tbody>
${week.map((counts, day) => renderDay(WEEKDAYS[day] ?? '', counts, peak))}</tbody>
</table></div>
<p class="scale" aria-hidden="true">0 ${Array.from(
    {length: LEVELS + 1},
    (_, level) => markup`<span class="h${level}"></span>`,
  )} ${formatNumber(peak)} an hour of the week</p>
</section>`;
}

function renderDay(name: string, counts: readonly number[], peak: number): Markup {
  const cells = counts.map((count, hour) => {
    const title = `${name} ${clock(hour)} to ${clock(hour + 1)} UTC: ${formatCount(count, 'event')}`;
    return markup`<td class="h${levelOf(count, peak)}" title="${title}"><span>${count}</span></td>`;
  });
  return markup`<tr><th scope="row"><abbr title="${name}">${name.slice(0, 3)}</abbr></th>${cells}</tr>
`;
}

/** 0 is for no event at all; a single one is already level 1. */
function levelOf(count: number, peak: number): number {
  return peak === 0 ? 0 : Math.ceil((LEVELS * count) / peak);
}

function describePeak(week: readonly number[][], peak: number): string {
  const index = week.flat().indexOf(peak);
  const hour = index % 24;
  const day = WEEKDAYS[Math.floor(index / 24)] ?? '';
  return `In UTC. Most on ${day} from ${clock(hour)} to ${clock(hour + 1)}: ${formatCount(peak, 'event')}`;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
