import {renderBars} from './bar-table';
import type {Bar} from './bar-table';
import {formatBucket, formatCount, formatNumber, formatShare} from './format';
import {renderHeatMap} from './heat-map';
import {markup, quoted} from './markup';
import type {Markup} from './markup';
import type {Summary} from './summarise';
import type {Ranking} from './tally';
import {colourOf, renderTimeLine} from './time-line-chart';

/** How much happened when, what, by whom and where from. */
export function renderVolume(summary: Summary): Markup {
  return markup`<section class="volume" aria-labelledby="h-volume">
<h2 id="h-volume">How much happened</h2>
${renderTiles(summary)}
${renderTimeLine(summary.timeLine, summary.categories)}
${renderHeatMap(summary.week)}
${renderHappenings(summary)}
<div class="pair">
${renderPeople(summary)}
${renderAddresses(summary)}
</div>
</section>`;
}

function renderTiles(summary: Summary): Markup {
  const {records, timeLine, people, addresses, list, categories} = summary;
  const busiest = Math.max(...timeLine.totals);
  const start = timeLine.starts[timeLine.totals.indexOf(busiest)] ?? 0;
  const tiles = [
    tile(
      'Events',
      formatNumber(records),
      formatCount(categories.distinct, 'category', 'categories'),
    ),
    tile(`Busiest ${timeLine.bucket}`, formatNumber(busiest), formatBucket(timeLine.bucket, start)),
    tile('People', distinct(people), `top: ${people.top[0]?.label ?? 'none'}`),
    tile('Addresses', distinct(addresses), `top: ${addresses.top[0]?.label ?? 'none'}`),
    tile(
      'Permission changes',
      formatNumber(list.permissionChanges),
      `${formatShare(list.permissionChanges, records)} of all`,
    ),
  ];
  return markup`<dl class="tiles">${tiles}</dl>`;
}

function tile(name: string, value: string, note: string): Markup {
  return markup`<div class="tile"><dt>${name}</dt>
<dd><span class="value">${value}</span><span class="under"><bdi>${note}</bdi></span></dd></div>
`;
}

/** All of them, since it is the rare ones that matter, in the colours of their categories. */
function renderHappenings({summaries, timeLine, records}: Summary): Markup {
  const bars = summaries.top.map(({key, label, count}) => ({
    label: quoted(label),
    count,
    colour: colourOf(timeLine, key.split('\n')[0] ?? ''),
  }));
  return markup`<section class="card" aria-labelledby="h-summaries">
<h3 id="h-summaries">What happened</h3>
<p class="sub">${describeShown(summaries)}, in the colours of the categories</p>
${renderBars({id: 'summaries', column: 'Summary', bars, records})}
</section>`;
}

/** System would make stubs of all people: it stands in a line of its own. */
function renderPeople({people, machines, records}: Summary): Markup {
  const others = machines.top.map(
    ({label, count}) => markup`<li>${quoted(label)} ${formatCount(count, 'event')}</li>`,
  );
  const without =
    others.length === 0
      ? markup``
      : markup`<p class="sub">Without an account:</p><ul class="sub machines">${others}</ul>`;
  const isShared = (name: string): boolean =>
    people.top.filter(({label}) => label === name).length > 1;
  const bars = people.top.map(({key, label, count}) => ({
    // an account id tells two people of one name apart
    label: isShared(label) ? markup`${quoted(label)} <small>${key}</small>` : quoted(label),
    count,
  }));
  return markup`<section class="card" aria-labelledby="h-people">
<h3 id="h-people">Most active people</h3>
<p class="sub">${describeShown(people)}</p>
${renderBars({id: 'people', column: 'Person', bars, records})}
${without}
</section>`;
}

function renderAddresses({addresses, records}: Summary): Markup {
  const bars: Bar[] = addresses.top.map(({label, count}) => ({label: quoted(label), count}));
  return markup`<section class="card" aria-labelledby="h-addresses">
<h3 id="h-addresses">Most frequent addresses</h3>
<p class="sub">${describeShown(addresses)}</p>
${renderBars({id: 'addresses', column: 'Address', bars, records})}
</section>`;
}

function describeShown({top, distinct: all, isExact}: Ranking): string {
  if (all < 2) {
    return all === 0 ? 'None in this file' : 'Just one in this file';
  }
  const of = `${isExact ? '' : 'more than '}${formatNumber(all)}`;
  return top.length < all ? `The ${top.length} most frequent of ${of}` : `All ${of}`;
}

function distinct(ranking: Ranking): string {
  return `${formatNumber(ranking.distinct)}${ranking.isExact ? '' : '+'}`;
}
