import {formatBucket, formatCount, formatNumber, formatShare} from './format';
import {renderHeatMap} from './heat-map';
import {markup, quoted} from './markup';
import type {Markup} from './markup';
import type {Summary} from './summarise';
import type {Ranking} from './tally';
import type {TimeLine} from './time-line';

/** Events over time, and over the hours of the week. */
export function renderActivity({timeLine, week}: Summary): Markup {
  return markup`<section class="card" aria-labelledby="h-time">
<h2 id="h-time">Events over time</h2>
<p class="sub">Per ${timeLine.bucket}, by category, in UTC</p>
<div class="chart tall"><canvas id="timeLine" role="img"
aria-label="Events per ${timeLine.bucket}. ${describePeak(timeLine)}"></canvas></div>
${renderFigures(
  ['From (UTC)', 'Events'],
  timeLine.starts.map((start, index) => [
    markup`${formatBucket(timeLine.bucket, start)}`,
    markup`${formatNumber(timeLine.totals[index] ?? 0)}`,
  ]),
)}
</section>
${renderHeatMap(week)}`;
}

/** The four rankings, two beside each other where there is room. */
export function renderRankings(summary: Summary): Markup {
  const {records, categories, summaries, actors, addresses} = summary;
  return markup`<div class="pair">
${renderRanking('categories', 'Categories', 'Category', categories, records)}
${renderRanking('summaries', 'What happened', 'Summary', summaries, records)}
${renderRanking('actors', 'Top actors', 'Actor', actors, records)}
${renderRanking('addresses', 'Top addresses', 'Address', addresses, records)}
</div>`;
}

function renderRanking(
  id: string,
  title: string,
  column: string,
  ranking: Ranking,
  records: number,
): Markup {
  const {top} = ranking;
  return markup`<section class="card" aria-labelledby="h-${id}">
<h2 id="h-${id}">${title}</h2>
<p class="sub">${describeShown(ranking)}</p>
<div class="chart bars-${top.length}"><canvas id="${id}" role="img"
aria-label="${title}: ${top.map(({label, count}) => `${label} ${count}`).join(', ')}"></canvas></div>
${renderFigures(
  [column, 'Events', 'Share'],
  top.map(({key, label, count}) => [
    // an account id tells two people of one name apart
    key === label || key.startsWith('name:')
      ? quoted(label)
      : markup`${quoted(label)} <small>${key}</small>`,
    markup`${formatNumber(count)}`,
    markup`${formatShare(count, records)}`,
  ]),
)}
</section>`;
}

function describeShown({top, distinct, isExact}: Ranking): string {
  if (distinct < 2) {
    return distinct === 0 ? 'None in this file' : 'Just one in this file';
  }
  const all = `${isExact ? '' : 'more than '}${formatNumber(distinct)}`;
  return top.length < distinct ? `The ${top.length} most frequent of ${all}` : `All ${all}`;
}

/** A chart's numbers as a table, for those who cannot see it or want to copy them. */
function renderFigures(head: readonly string[], rows: ReadonlyArray<readonly Markup[]>): Markup {
  const body = rows.map(
    (cells) => markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`,
  );
  return markup`<details><summary>Figures</summary><div class="scroll"><table class="figures">
<thead><tr>${head.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${body}</tbody></table></div></details>`;
}

function describePeak({bucket, starts, totals}: TimeLine): string {
  const peak = Math.max(...totals);
  const start = starts[totals.indexOf(peak)] ?? 0;
  return `Most: ${formatCount(peak, 'event')}, ${formatBucket(bucket, start)}.`;
}
