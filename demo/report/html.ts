import {createHash} from 'node:crypto';
import {renderEventList} from './event-list';
import {renderFindings} from './findings';
import {formatCount, formatMinute} from './format';
import {markup, trusted} from './markup';
import type {Markup} from './markup';
import {loadPageAssets} from './page-assets';
import type {Summary, SyncSummary} from './summarise';
import {renderSync} from './sync-details';
import {renderVolume} from './volume';

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
${summary.records === 0 ? renderNothing(summary) : renderEvents(summary)}
${renderSync(summary)}
</main>
<script>${trusted(script)}</script>
</body>
</html>
`.html;
}

/** A few events are listed, many are drawn. */
function renderEvents(summary: Summary): Markup {
  return markup`${renderFindings(summary)}
${summary.list.isWhole ? markup`` : renderVolume(summary)}
${renderEventList(summary.list, summary.findings)}`;
}

function renderHeader(summary: Summary): Markup {
  const {records, first, last, cloudIds, file, sync} = summary;
  const days = Math.floor(last / DAY_MS) - Math.floor(first / DAY_MS) + 1;
  const sites = cloudIds.length === 1 ? `cloud id ${cloudIds[0] ?? ''}` : '';
  const origin = sites || formatCount(cloudIds.length, 'site');
  const heading =
    records === 0 ? 'No events' : `${formatCount(records, 'event')} in ${formatCount(days, 'day')}`;
  return markup`<header>
<p class="eyebrow"><span>Confluence audit log</span>${renderStatus(sync)}</p>
<h1>${heading}</h1>
${records === 0 ? markup`` : renderSpan(first, last)}
<p class="origin">${file}${cloudIds.length === 0 ? '' : markup` &middot; ${origin}`}</p>
</header>`;
}

function renderSpan(first: number, last: number): Markup {
  return markup`<p class="lead"><time datetime="${new Date(first).toISOString()}">${formatMinute(first)}</time>
to <time datetime="${new Date(last).toISOString()}">${formatMinute(last)}</time> UTC</p>`;
}

/** A sync without events is nothing wrong: there was nothing new, or the file is of another command. */
function renderNothing({lines, sync}: Summary): Markup {
  const reason =
    sync.status === 'COMPLETE'
      ? 'The sync ended well and found nothing that was not there before.'
      : lines === 0
        ? 'The file is empty.'
        : 'Is it what `bin/main read` wrote? The section below says what its lines are.';
  return markup`<section class="card" aria-labelledby="h-nothing">
<h2 id="h-nothing">There is no audit record in this file</h2>
<p class="sub">${reason}</p>
</section>`;
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

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
