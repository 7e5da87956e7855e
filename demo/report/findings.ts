import type {EventSummary, Finding} from './event-counts';
import {renderEvent} from './event-text';
import {formatCount, formatMinute, formatNumber} from './format';
import {KNOWN_AFTER_MS} from './habits';
import type {Habits} from './habits';
import {markup, quoted} from './markup';
import type {Markup} from './markup';
import {QUESTIONS} from './questions';
import type {QuietTime} from './quiet-time';

/** A question and what was found; without `found` it is only named. */
interface Card {
  id: string;
  title: string;
  finds: string;
  sure: string;
  count: string;
  found: Markup | undefined;
}

const SHOWN = 4;
const MOST = 200;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

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
<h2 id="h-eyes">What needs your eyes?</h2>
<div class="pair">${answered.map(renderCard)}</div>
${renderUnanswered(cards.filter(({found}) => !found))}
</section>`;
}

function renderCard({id, title, finds, sure, count, found}: Card): Markup {
  return markup`<section class="card finding" id="q-${id}" aria-labelledby="h-${id}">
<h3 id="h-${id}">${title}</h3>
<p class="count">${count}</p>
${found ?? markup``}
<p class="note">${finds} ${sure}</p>
</section>
`;
}

function renderUnanswered(cards: readonly Card[]): Markup {
  if (cards.length === 0) {
    return markup``;
  }
  const items = cards.map(
    ({id, title, finds, sure}) =>
      markup`<div id="q-${id}"><dt>${title}</dt><dd>${finds} ${sure}</dd></div>`,
  );
  return markup`<section class="card" aria-labelledby="h-none"><h3 id="h-none">Looked for and not found</h3>
<dl class="none">${items}</dl></section>`;
}

function toCard({id, events, actors, latest}: Finding, index: number): Card {
  const {title = id, finds = '', sure = ''} = QUESTIONS[index] ?? {};
  const found = markup`<ol class="latest">${latest.map(renderEvent)}</ol>
<p><a href="#events" data-show="${1 << index}">${
    events > latest.length ? `All ${formatNumber(events)} events` : 'In the list of events'
  }</a></p>`;
  return {
    id,
    title,
    finds,
    sure,
    count: `${formatCount(events, 'event')} by ${formatCount(actors, 'actor')}`,
    found: events === 0 ? undefined : found,
  };
}

function firstSeenCard({firstSeen, isExact}: Habits): Card {
  const days = KNOWN_AFTER_MS / 86_400_000;
  const rows = firstSeen.map(
    ({
      who,
      address,
      at,
      summary,
      events,
      others,
    }) => markup`<li><b>${quoted(who)}</b> from ${quoted(address)}
<small>since ${formatMinute(at)}, first: ${quoted(summary)}; ${formatCount(events, 'event')}, ${
      others === 0 ? 'nobody else' : formatCount(others, 'other person', 'other people')
    } from there</small></li>
`,
  );
  return {
    id: 'addresses',
    title: 'First-seen addresses',
    finds: `Somebody acts from an address for the first time, after ${days} days or more in this file.`,
    sure: isExact ? '' : 'There are more people or addresses than were followed.',
    count: formatCount(rows.length, 'address', 'addresses'),
    found: renderRows(rows),
  };
}

function offHoursCard({offHours, quiet, isExact}: Habits): Card {
  const rows = offHours.map(
    ({
      who,
      events,
      total,
      last,
    }) => markup`<li><b>${quoted(who)}</b> ${formatNumber(events)} of ${formatCount(total, 'event')}
<small>last ${formatMinute(last)}${events * 2 > total ? '; mostly, so perhaps in another time zone' : ''}</small></li>
`,
  );
  return {
    id: 'off-hours',
    title: 'Off-hours',
    finds: describeQuiet(quiet),
    sure: isExact ? '' : 'There are more people than were followed.',
    count: formatCount(rows.length, 'person', 'people'),
    found: renderRows(rows),
  };
}

function describeQuiet({fromHour, toHour, firstDay, isFound}: QuietTime): string {
  const days = `${DAYS[firstDay] ?? ''} and ${DAYS[(firstDay + 1) % 7] ?? ''}`;
  const when = `${clock(fromHour)} to ${clock(toHour)} UTC, ${days}`;
  return isFound
    ? `People act when this site is quiet: ${when}, as its people's own events show. Those who seldom do come first.`
    : `People act at night or on the weekend: ${when}.`;
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
    title: 'Unknown to the map',
    finds:
      "Summaries that the report's map of events does not have: no question above can be trusted to see them.",
    sure: '',
    count: `${isExact ? '' : 'more than '}${formatCount(rows.length, 'summary', 'summaries')}, ${formatCount(events, 'event')}`,
    found: renderRows(rows),
  };
}

/** The first rows, and the others behind a fold. */
function renderRows(rows: readonly Markup[]): Markup | undefined {
  if (rows.length === 0) {
    return undefined;
  }
  const more = rows.slice(SHOWN, MOST);
  const all = rows.length > MOST ? `The first ${MOST} of` : 'All';
  const fold = markup`<details><summary>${all} ${formatNumber(rows.length)}</summary>
<ol class="latest" start="${SHOWN + 1}">${more}</ol></details>`;
  return markup`<ol class="latest">${rows.slice(0, SHOWN)}</ol>${more.length > 0 ? fold : markup``}`;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
