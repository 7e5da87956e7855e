import type {EventSummary} from './event-counts';
import type {Finding} from './listed-events';
import {renderEvent} from './event-text';
import {renderCard, renderRows} from './finding-card';
import type {Card} from './finding-card';
import {formatCount, formatMinute, formatNumber} from './format';
import {firstSeenCard, offHoursCard} from './habit-cards';
import {markup, quoted} from './markup';
import type {Markup} from './markup';
import {QUESTIONS, SURE} from './questions';

/** What a person should look at before anything else; questions without an answer come last, in short. */
export function renderFindings(summary: EventSummary): Markup {
  const cards = [
    ...summary.findings.map(toCard),
    firstSeenCard(summary.habits),
    offHoursCard(summary.habits),
    unknownCard(summary.unknown),
  ];
  const answered = cards.filter(({found}) => found);
  return markup`<section class="eyes" aria-labelledby="h-eyes">
<div><h2 id="h-eyes">What needs your eyes?</h2>
<p class="sub">${SURE}</p></div>
<div class="cards">${answered.map(renderCard)}${renderUnanswered(cards.filter(({found}) => !found))}</div>
</section>`;
}

function renderUnanswered(cards: readonly Card[]): Markup {
  if (cards.length === 0) {
    return markup``;
  }
  const items = cards.map(
    ({id, title, finds, sure}) =>
      markup`<div id="q-${id}"><dt>${title}</dt><dd>${finds} ${sure}</dd></div>`,
  );
  return markup`<section class="card finding${cards.length > 2 ? ' wide' : ''}" aria-labelledby="h-none"><h3 id="h-none">Looked for and not found</h3>
<dl class="none">${items}</dl></section>`;
}

function toCard({id, events, actors, latest}: Finding, index: number): Card {
  const {title = id, finds = '', sure = ''} = QUESTIONS[index] ?? {};
  const words = `Words: ${sure}.`;
  const found = markup`<ol class="latest">${latest.map(renderEvent)}</ol>
<p><a href="#events" data-show="${1 << index}">${
    events > latest.length ? `All ${formatNumber(events)} events` : 'In the list of events'
  }</a></p>`;
  return {
    id,
    title,
    finds,
    sure: words,
    count: `${formatCount(events, 'event')} by ${formatCount(actors, 'actor')}`,
    found: events === 0 ? undefined : found,
  };
}

function unknownCard({events, kinds, isExact}: EventSummary['unknown']): Card {
  const rows = kinds.map(
    ({
      summary,
      category,
      events: times,
      last,
    }) => markup`<li><b>${quoted(summary)}</b> (${quoted(category)})
<small>${formatCount(times, 'event')}, last ${formatMinute(last)}</small></li>
`,
  );
  return {
    id: 'unknown',
    title: 'Unknown summaries',
    finds:
      'Summaries that sql/event-map.tsv does not have: what they mean nobody has told the report.',
    sure: '',
    count: `${isExact ? '' : 'more than '}${formatCount(rows.length, 'summary', 'summaries')}, ${formatCount(events, 'event')}`,
    found: renderRows(rows),
  };
}
