import {percent} from './bar-table';
import {formatBucket, formatCount, formatNumber, formatTick} from './format';
import {markup, quoted} from './markup';
import type {Markup} from './markup';
import type {Ranking} from './tally';
import {OTHER} from './time-line';
import type {TimeLine} from './time-line';

const GAP = 0.12;
const MAX_TICKS = 8;

/** Events over time as stacked bars, one colour a category. The arrow keys go from bar to bar. */
export function renderTimeLine(line: TimeLine, categories: Ranking): Markup {
  const {bucket, starts, totals} = line;
  const top = niceAbove(Math.max(...totals));
  const peak = totals.indexOf(Math.max(...totals));
  const bars = starts.map((_, index) => renderBar(line, index, top, index === peak));
  return markup`<section class="card" aria-labelledby="h-time">
<h3 id="h-time">Events over time</h3>
<p class="sub" id="d-time">Per ${bucket}, by category, in UTC<span class="hidden">. The arrow keys go from bar to bar.</span></p>
<div class="plot"><div class="y" aria-hidden="true"><span>${formatNumber(top)}</span><span>${formatNumber(top / 2)}</span><span>0</span></div>
<div><svg class="time-line" role="group" aria-labelledby="h-time" aria-describedby="d-time" data-readout="readout-time">
<g class="grid"><line x2="100%" y1="0.5" y2="0.5"/><line x2="100%" y1="50%" y2="50%"/><line x2="100%" y1="100%" y2="100%"/></g>
${bars}</svg>
<svg class="ticks" aria-hidden="true">${renderTicks(line)}</svg></div></div>
<p class="readout" id="readout-time" aria-hidden="true">Most: ${describeBar(line, peak)}</p>
<ul class="legend">${line.series.map(({category, counts}) => renderKey(line, category, counts))}</ul>
${categories.distinct > line.series.length ? renderRest(line, categories) : markup``}
${renderFigures(line)}
</section>`;
}

/** The class of a category's colour; categories that the time line does not tell apart are grey. */
export function colourOf({series}: TimeLine, category: string): string {
  const index = series.findIndex((one) => one.category === category);
  return index < 0 || category === OTHER ? 'rest' : `s${index}`;
}

function renderBar(line: TimeLine, index: number, top: number, isFirst: boolean): Markup {
  const {starts, totals, series} = line;
  const width = 1 / starts.length;
  const x = percent((index + GAP / 2) * width);
  const wide = percent((1 - GAP) * width);
  let base = 0;
  const pieces = series.map(({category, counts}) => {
    const count = counts[index] ?? 0;
    base += count;
    return count === 0
      ? markup``
      : markup`<rect class="${colourOf(line, category)}" x="${x}" width="${wide}" y="${percent(1 - base / top)}" height="${percent(count / top)}"/>`;
  });
  // an event never rounds down to nothing: the foot of a bar is two pixels high in any case
  const foot =
    (totals[index] ?? 0) === 0
      ? markup``
      : markup`<rect class="foot" x="${x}" width="${wide}" y="100%" height="2" transform="translate(0 -2)"/>`;
  return markup`<g role="img" tabindex="${isFirst ? 0 : -1}" aria-label="${describeBar(line, index)}"><rect class="reach" x="${percent(index * width)}" width="${percent(width)}" height="100%"/>${foot}${pieces}</g>
`;
}

function renderTicks({bucket, starts}: TimeLine): Markup[] {
  const step = Math.max(1, Math.ceil(starts.length / MAX_TICKS));
  return starts
    .map((start, index) => ({start, index}))
    .filter(({index}) => index % step === 0 && (index + step / 2 < starts.length || step === 1))
    .map(
      // every second one gives way on a phone
      ({start, index}) =>
        markup`<text class="${(index / step) % 2 === 1 ? 'odd' : 'even'}" x="${percent((index + 0.5) / starts.length)}" y="14" text-anchor="${index === 0 ? 'start' : 'middle'}">${formatTick(bucket, start)}</text>`,
    );
}

function renderKey(line: TimeLine, category: string, counts: readonly number[]): Markup {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return markup`<li><svg class="key ${colourOf(line, category)}" aria-hidden="true"><rect width="100%" height="100%"/></svg>${quoted(category)} <b>${formatNumber(total)}</b></li>`;
}

/** What the grey bars are made of. */
function renderRest({series}: TimeLine, {top, distinct}: Ranking): Markup {
  const rest = top.filter(({key}) => !series.some(({category}) => category === key));
  const more = distinct - top.length;
  return markup`<p class="sub">${OTHER}: ${rest.map(
    ({label, count}, index) =>
      markup`${index === 0 ? '' : ', '}${quoted(label)} ${formatNumber(count)}`,
  )}${more > 0 ? ` and ${formatNumber(more)} more` : ''}</p>`;
}

function describeBar({bucket, starts, totals, series}: TimeLine, index: number): string {
  const parts = series
    .filter(({counts}) => (counts[index] ?? 0) > 0)
    .map(({category, counts}) => `${category} ${formatNumber(counts[index] ?? 0)}`);
  const total = formatCount(totals[index] ?? 0, 'event');
  return `${formatBucket(bucket, starts[index] ?? 0)}: ${[total, ...parts].join(', ')}`;
}

/** The numbers as a table, to copy. */
function renderFigures({bucket, starts, totals}: TimeLine): Markup {
  const rows = starts.map(
    (start, index) =>
      markup`<tr><td>${formatBucket(bucket, start)}</td><td>${formatNumber(totals[index] ?? 0)}</td></tr>`,
  );
  return markup`<details><summary>Figures</summary><div class="scroll" tabindex="0" role="region" aria-label="Events per ${bucket}"><table class="figures">
<thead><tr><th scope="col">From (UTC)</th><th scope="col">Events</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
}

/** The next number above that an axis likes, whose half is a whole number. */
function niceAbove(count: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(count, 1)));
  const nice = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((factor) => Math.round(factor * unit));
  return Math.max(2, nice.find((top) => top >= count && top % 2 === 0) ?? count);
}
