import {formatBucket, formatTick} from './format';
import {embedJson} from './markup';
import type {Markup} from './markup';
import type {Summary} from './summarise';
import type {Ranking} from './tally';

/** What the page's script draws: labels are ready, it formats nothing but numbers. */
export function renderChartData({timeLine, ...summary}: Summary): Markup {
  const {bucket, starts, series} = timeLine;
  const colours = new Map(series.map(({category}, index) => [category, index]));
  return embedJson({
    total: summary.records,
    timeLine: {
      ticks: starts.map((start) => formatTick(bucket, start)),
      titles: starts.map((start) => formatBucket(bucket, start)),
      series: series.map(({category, counts}) => ({label: category, counts})),
    },
    bars: {
      categories: {
        ...bars(summary.categories),
        // a category has the colour that it has in the time line; the rest are grey
        colours: summary.categories.top.map(({key}) => colours.get(key) ?? -1),
      },
      summaries: bars(summary.summaries),
      actors: bars(summary.actors),
      addresses: bars(summary.addresses),
    },
  });
}

function bars({top}: Ranking): {labels: string[]; counts: number[]} {
  return {labels: top.map(({label}) => label), counts: top.map(({count}) => count)};
}
