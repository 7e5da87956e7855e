import {formatCount, formatMinute, formatNumber} from './format';
import {markup} from './markup';
import type {Markup} from './markup';
import type {Notice, SkippedLines, Summary} from './summarise';

/** How the sync went: its status, checkpoints, and what it warned about. */
export function renderSync({sync, lines, skipped}: Summary): Markup {
  const facts: Array<[string, string]> = [
    ['Status', sync.status === '' ? 'no status in this file' : sync.status.toLowerCase()],
    ['Checkpoints', formatCount(sync.states, 'state')],
    ['Cursor', sync.cursor === undefined ? 'none' : `${formatMinute(sync.cursor)} UTC`],
    ['Lines', formatNumber(lines)],
    ['Skipped', describeSkipped(skipped)],
    ['Warnings', formatNumber(sync.warnings)],
    ['Errors', formatNumber(sync.errors)],
  ];
  return markup`<section class="card" aria-labelledby="h-sync">
<h2 id="h-sync">The sync</h2>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${sync.notices.length === 0 ? markup`` : renderNotices(sync.notices)}
</section>`;
}

function renderNotices(notices: readonly Notice[]): Markup {
  const items = notices.map(
    ({level, text, times}) => markup`<li class="${level}"><b>${level}</b> <bdi>${text}</bdi>${
      times === 1 ? '' : ` (${formatNumber(times)} times)`
    }</li>
`,
  );
  return markup`<ul class="notices">${items}</ul>`;
}

/** The lines that are not in the figures, in words: `2 lines that are not messages`. */
export function describeSkipped({garbage, foreign, untimed}: SkippedLines): string {
  const parts = [
    garbage > 0
      ? formatCount(garbage, 'line that is not a message', 'lines that are not messages')
      : '',
    foreign > 0 ? formatCount(foreign, 'record of another stream', 'records of other streams') : '',
    untimed > 0 ? formatCount(untimed, 'record without a time', 'records without a time') : '',
  ];
  return parts.filter(Boolean).join(', ') || 'nothing';
}
