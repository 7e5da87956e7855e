import type {AuditEvent, Change} from './audit-event';
import {formatMinute} from './format';
import {markup, quoted} from './markup';
import type {Markup} from './markup';

/** An event in two lines: what happened to whom, and who did it when and where from. */
export function renderEvent(event: AuditEvent): Markup {
  const {at, summary, actor, address, users, groups, places, changes} = event;
  const about = [...users, ...groups, ...places].map((name) => markup`, ${quoted(name)}`);
  return markup`<li><b>${quoted(summary)}</b>${about}${renderChanges(changes)}
<small>by ${quoted(actor.name)}, <time datetime="${new Date(at).toISOString()}">${formatMinute(at)}</time>${
    address === '' ? '' : markup`, ${quoted(address)}`
  }</small></li>
`;
}

function renderChanges(changes: readonly Change[]): Markup {
  return changes.length === 0
    ? markup``
    : markup` <span class="changes">${changes.map(renderChange)}</span>`;
}

function renderChange({name, from, to}: Change): Markup {
  const was = from === '' ? markup`` : markup`<del>${quoted(from)}</del> `;
  const is = to === '' ? markup`` : markup`<ins>${quoted(to)}</ins>`;
  return markup`<span>${quoted(name)} ${was}${is}</span> `;
}
