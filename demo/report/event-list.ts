import type {AuditEvent} from './audit-event';
import type {EventList, Finding} from './listed-events';
import {formatCount, formatNumber} from './format';
import {embedJson, markup} from './markup';
import type {Markup} from './markup';
import {isPermissionChange, QUESTIONS} from './questions';

/** The bit beside those of the QUESTIONS that says: who may do what. */
const PERMISSION = 1 << QUESTIONS.length;
const COLUMNS = ['Time', 'Who', 'What', 'Whom', 'Where', 'Address'];

/**
 * The events that answer a question, and all permission changes, as a list that can be searched. The
 * page's script makes the rows: they are many, and it shows those that match.
 */
export function renderEventList(list: EventList, findings: readonly Finding[]): Markup {
  const {events, total, permissionChanges, isWhole} = list;
  const choices = [
    [0, 'All', total] as const,
    ...findings.map(
      ({events: count}, index) => [1 << index, QUESTIONS[index]?.title ?? '', count] as const,
    ),
    [PERMISSION, 'Permission changes', permissionChanges] as const,
  ];
  const options = choices
    .filter(([bit, , count]) => bit === 0 || count > 0)
    .map(
      ([bit, title, count]) =>
        markup`<option value="${bit}">${title} (${formatNumber(count)})</option>`,
    );
  const what = isWhole
    ? 'All events of the file'
    : 'What is named above, and all permission changes';
  const bound =
    events.length < total
      ? `, the newest ${formatNumber(events.length)} of ${formatNumber(total)}`
      : '';
  return markup`<section class="card" id="events" tabindex="-1" aria-labelledby="h-events">
<h2 id="h-events">${isWhole ? 'Events' : 'Find an event'}</h2>
<p class="sub">${what}${bound}, newest first, in UTC</p>
<form class="filter" role="search"><label>Show <select id="question">${options}</select></label>
<label><span class="hidden">Filter by words</span><input type="search" id="words"
placeholder="Person, group, space, date…" autocomplete="off" spellcheck="false"></label>
<output id="matches" for="question words">${formatCount(total, 'event')}</output></form>
<noscript><p class="sub">The list needs JavaScript.</p></noscript>
<div class="${isWhole ? 'whole' : 'scroll high'}" tabindex="0" role="region" aria-labelledby="h-events"><table class="list" aria-labelledby="h-events">
<thead><tr>${COLUMNS.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody id="rows"></tbody>
</table></div>
<p class="more"><button type="button" id="more" hidden>Show more</button></p>
<template id="row"><tr>${COLUMNS.map((name) => markup`<td data-name="${name}"><bdi></bdi></td>`)}</tr></template>
<script type="application/json" id="event-data">${embedJson(encode(events))}</script>
</section>`;
}

/**
 * Texts recur: each stands once, and events name it by its place. An event is its time, its bits, the
 * places of who, what, category, whom, where and address, then of name, old and new of each change.
 */
function encode(events: readonly (AuditEvent & {answers: number})[]): {
  texts: string[];
  events: number[][];
} {
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  };
  const rows = events.map((event) => [
    event.at,
    event.answers | (isPermissionChange(event) ? PERMISSION : 0),
    ...[
      event.actor.name,
      event.summary,
      event.category,
      listNames([...event.users, ...event.groups]),
      listNames(event.places),
      event.address,
      ...event.changes.flatMap(({name, from, to}) => [name, from, to]),
    ].map(placeOf),
  ]);
  return {texts: [...places.keys()], events: rows};
}

/** Each name isolated, so that one that is written from right to left does not move the others. */
function listNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : names.map((name) => `\u2068${name}\u2069`).join(', ');
}
