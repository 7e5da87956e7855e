import {objectAt, objectsAt, textAt} from './json-object';
import type {JsonObject} from './json-object';

/** One value of a permission change; `''` where there was or is nothing. */
export interface Change {
  name: string;
  from: string;
  to: string;
}

/** A record of the Permissions category, as the report lists it. */
export interface PermissionChange {
  at: number;
  who: string;
  what: string;
  changes: Change[];
  where: string;
  address: string;
}

/** What the report reads of an audit record. `at` is in epoch milliseconds. */
export interface AuditEvent {
  at: number;
  category: string;
  summary: string;
  actor: {key: string; name: string};
  address: string;
  cloudId: string;
}

const LAST_INSTANT = Date.UTC(10_000, 0) - 1;
const MAX_CHANGES = 8;
/** Confluence writes a group as `name:uuid`. */
const GROUP_ID = /:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads a record's data; undefined when it has no time between 1970 and 9999. */
export function readEvent(data: JsonObject): AuditEvent | undefined {
  const at = readInstant(data);
  if (at === undefined) {
    return undefined;
  }
  return {
    at,
    category: textAt(data, 'category') || '(no category)',
    summary: textAt(data, 'summary') || '(no summary)',
    actor: readActor(objectAt(data, 'author')),
    address: textAt(data, 'remoteAddress'),
    cloudId: textAt(data, 'cloudId'),
  };
}

/** Who changed what and where, from a record of the Permissions category. */
export function readPermissionChange(event: AuditEvent, data: JsonObject): PermissionChange {
  const changes = readChanges(data);
  return {
    at: event.at,
    who: event.actor.name,
    what: event.summary,
    changes,
    where: readPlace(data, changes),
    address: event.address,
  };
}

function readInstant(data: JsonObject): number | undefined {
  const at = data['creationDate'];
  const isInstant = typeof at === 'number' && Number.isInteger(at) && at >= 0;
  return isInstant && at <= LAST_INSTANT ? at : undefined;
}

/** The account id tells people apart: names change, and two people may share one. */
function readActor(author: JsonObject): {key: string; name: string} {
  const accountId = textAt(author, 'accountId');
  const name = textAt(author, 'displayName') || accountId || '(unknown)';
  return {key: accountId === '' ? `name:${name}` : accountId, name};
}

function readChanges(data: JsonObject): Change[] {
  const changed = objectsAt(data, 'changedValues').map((value) => ({
    name: textAt(value, 'name'),
    from: withoutGroupId(textAt(value, 'oldValue')),
    to: withoutGroupId(textAt(value, 'newValue')),
  }));
  const concerned = objectsAt(data, 'associatedObjects').map((object) => ({
    name: textAt(object, 'objectType'),
    from: '',
    to: withoutGroupId(textAt(object, 'name')),
  }));
  const isNews = ({name, to}: Change): boolean =>
    to !== '' && !changed.some((value) => value.name === name && value.to === to);
  return [...changed, ...concerned.filter(isNews)].slice(0, MAX_CHANGES);
}

/** The affected object; records without its name may tell the space among the changed values. */
function readPlace(data: JsonObject, changes: readonly Change[]): string {
  const object = objectAt(data, 'affectedObject');
  const name = withoutGroupId(textAt(object, 'name'));
  const kind = textAt(object, 'objectType');
  if (name !== '') {
    return kind === '' ? name : `${name} (${kind})`;
  }
  const space = changes.find((change) => /space/i.test(change.name));
  return space ? `${space.to || space.from} (Space)` : kind;
}

function withoutGroupId(text: string): string {
  return text.replace(GROUP_ID, '');
}
