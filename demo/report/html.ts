import {createHash} from 'node:crypto';
import {renderActivity, renderRankings} from './figures';
import {formatBucket, formatCount, formatDay, formatMinute, formatNumber} from './format';
import {markup, trusted} from './markup';
import type {Markup} from './markup';
import {loadPageAssets} from './page-assets';
import {renderChartData} from './chart-data';
import {renderPermissions} from './permission-table';
import type {Summary, SyncSummary} from './summarise';
import {renderSync} from './sync-details';
import type {Ranking} from './tally';

const DAY_MS = 86_400_000;

/**
 * A summary as one HTML page that needs no network: script, style and data are in it, and its
 * content security policy lets nothing else in.
 * @throws Error when the page's script cannot be bundled (see loadPageAssets)
 */
export function renderHtml(summary: Summary): string {
  const {script, style} = loadPageAssets();
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Confluence audit log: ${summary.file}</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
${renderHeader(summary)}
${renderTiles(summary)}
<noscript><p class="card">The charts need JavaScript. Their figures are in the tables.</p></noscript>
${renderActivity(summary)}
${renderRankings(summary)}
${renderPermissions(summary.permissions)}
${renderSync(summary)}
</main>
<script type="application/json" id="report-data">${renderChartData(summary)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.html;
}

function renderHeader({records, first, last, cloudIds, file, sync}: Summary): Markup {
  const days = Math.floor(last / DAY_MS) - Math.floor(first / DAY_MS) + 1;
  const sites = cloudIds.length === 1 ? `cloud id ${cloudIds[0] ?? ''}` : '';
  const origin = sites || formatCount(cloudIds.length, 'site');
  return markup`<header>
<p class="eyebrow"><span>Confluence audit log</span>${renderStatus(sync)}</p>
<h1>${formatCount(records, 'event')} in ${formatCount(days, 'day')}</h1>
<p class="lead"><time datetime="${new Date(first).toISOString()}">${formatMinute(first)}</time>
to <time datetime="${new Date(last).toISOString()}">${formatMinute(last)}</time> UTC</p>
<p class="origin">${file}${cloudIds.length === 0 ? '' : markup` &middot; ${origin}`}</p>
</header>`;
}

/** A sync that broke off says so at the top: its figures are not the whole story. */
function renderStatus({status}: SyncSummary): Markup {
  switch (status) {
    case 'COMPLETE':
      return markup`<span class="status complete">Sync complete</span>`;
    case 'INCOMPLETE':
      return markup`<span class="status incomplete">Sync incomplete</span>`;
    default:
      return markup`<span class="status">Sync without a final status</span>`;
  }
}

function renderTiles({
  records,
  timeLine,
  actors,
  addresses,
  permissions,
  ...rest
}: Summary): Markup {
  const busiest = Math.max(...timeLine.totals);
  const start = timeLine.starts[timeLine.totals.indexOf(busiest)] ?? 0;
  const busiestWhen = formatBucket(timeLine.bucket, start);
  const tiles = [
    tile(
      'Events',
      formatNumber(records),
      formatCount(rest.categories.distinct, 'category', 'categories'),
    ),
    tile(`Busiest ${timeLine.bucket}`, formatNumber(busiest), busiestWhen),
    tile('Actors', distinct(actors), `top: ${actors.top[0]?.label ?? 'none'}`),
    tile('Addresses', distinct(addresses), `top: ${addresses.top[0]?.label ?? 'none'}`),
    tile('Permission changes', formatNumber(permissions.total), lastChange(permissions.recent[0])),
  ];
  return markup`<dl class="tiles">${tiles}</dl>`;
}

function tile(name: string, value: string, note: string): Markup {
  return markup`<div class="tile"><dt>${name}</dt>
<dd><span class="value">${value}</span><span class="note"><bdi>${note}</bdi></span></dd></div>
`;
}

function distinct(ranking: Ranking): string {
  return `${formatNumber(ranking.distinct)}${ranking.isExact ? '' : '+'}`;
}

function lastChange(change: {at: number} | undefined): string {
  return change ? `last: ${formatDay(change.at)}` : 'none';
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
