import type {Change, PermissionChange} from './audit-event';
import type {EventSummary} from './event-counts';
import {formatCount, formatNumber, formatSecond} from './format';
import {markup, quoted} from './markup';
import type {Markup} from './markup';

/** The latest permission changes: who changed what and where. The page's script filters the rows. */
export function renderPermissions({total, recent}: EventSummary['permissions']): Markup {
  if (recent.length === 0) {
    return markup`<section class="card" aria-labelledby="h-permissions">
<h2 id="h-permissions">Permission changes</h2>
<p class="sub">No record of the category Permissions in this file</p>
</section>`;
  }
  const shown =
    recent.length < total
      ? `The latest ${formatNumber(recent.length)} of ${formatNumber(total)}`
      : formatCount(total, 'change');
  return markup`<section class="card" id="permissions" aria-labelledby="h-permissions">
<div class="bar"><div><h2 id="h-permissions">Permission changes</h2>
<p class="sub">${shown}, newest first, in UTC</p></div>
<label class="filter"><span class="hidden">Filter the permission changes</span>
<input type="search" id="filter" placeholder="Filter by person, group, space…" autocomplete="off"
spellcheck="false"><output id="matches" for="filter" aria-live="polite"></output></label></div>
<div class="scroll high" tabindex="0" role="region" aria-labelledby="h-permissions"><table class="list">
<thead><tr><th scope="col">Time</th><th scope="col">Who</th><th scope="col">What</th>
<th scope="col">Where</th><th scope="col">Address</th></tr></thead>
<tbody id="changes">
${recent.map(renderRow)}</tbody>
</table></div>
</section>`;
}

function renderRow({at, who, what, changes, where, address}: PermissionChange): Markup {
  return markup`<tr><td class="time"><time datetime="${new Date(at).toISOString()}">${formatSecond(at)}</time></td>
<td>${quoted(who)}</td><td>${quoted(what)}${renderChanges(changes)}</td>
<td>${quoted(where)}</td><td class="address">${quoted(address)}</td></tr>
`;
}

function renderChanges(changes: readonly Change[]): Markup {
  return changes.length === 0
    ? markup``
    : markup`<ul class="changes">${changes.map(renderChange)}</ul>`;
}

function renderChange({name, from, to}: Change): Markup {
  const was = from === '' ? markup`` : markup`<del>${quoted(from)}</del> `;
  const is = to === '' ? markup`` : markup`<ins>${quoted(to)}</ins>`;
  return markup`<li>${quoted(name)} ${was}${is}</li>`;
}
