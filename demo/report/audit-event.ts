import {objectAt, objectsAt, textAt} from './json-object';
import type {JsonObject} from './json-object';

/** One changed value; `''` where there was or is nothing. */
export interface Change {
  name: string;
  from: string;
  to: string;
}

/** Who did something. `isPerson` is false for System, which has no account id. */
export interface Actor {
  key: string;
  name: string;
  isPerson: boolean;
}

/** What the report reads of an audit record. `at` is in epoch milliseconds. */
export interface AuditEvent {
  at: number;
  category: string;
  summary: string;
  actor: Actor;
  address: string;
  cloudId: string;
  /** The users that the event is about, whichever side of the record they stand on. */
  users: string[];
  /** The groups that it is about, without their uuids. */
  groups: string[];
  /** The rest of what it is about: `Engineering (Space)`. */
  places: string[];
  changes: Change[];
}

/** An object of a record. */
interface Thing {
  name: string;
  type: string;
}

const LAST_INSTANT = Date.UTC(10_000, 0) - 1;
const MAX_OBJECTS = 8;
/** Confluence writes a group as `name:uuid`. */
const GROUP_ID = /:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads a record's data; undefined when it has no time between 1970 and 9999. */
export function readEvent(data: JsonObject): AuditEvent | undefined {
  const at = readInstant(data);
  if (at === undefined) {
    return undefined;
  }
  const things = readThings(data);
  const namesOf = (isMeant: (type: string) => boolean): Thing[] =>
    things.filter(({name, type}) => name !== '' && isMeant(type.toLowerCase()));
  return {
    at,
    category: textAt(data, 'category') || '(no category)',
    summary: textAt(data, 'summary') || '(no summary)',
    actor: readActor(objectAt(data, 'author')),
    address: textAt(data, 'remoteAddress'),
    cloudId: textAt(data, 'cloudId'),
    users: namesOf((type) => type === 'user').map(({name}) => name),
    groups: namesOf((type) => type === 'group').map(({name}) => name),
    places: namesOf((type) => type !== 'user' && type !== 'group').map(({name, type}) =>
      type === '' ? name : `${name} (${type})`,
    ),
    changes: readChanges(data, things),
  };
}

function readInstant(data: JsonObject): number | undefined {
  const at = data['creationDate'];
  const isInstant = typeof at === 'number' && Number.isInteger(at) && at >= 0;
  return isInstant && at <= LAST_INSTANT ? at : undefined;
}

/** The account id tells people apart: names change, and two people may share one. */
function readActor(author: JsonObject): Actor {
  const accountId = textAt(author, 'accountId');
  const name = textAt(author, 'displayName') || accountId || '(unknown)';
  return accountId === ''
    ? {key: `name:${name}`, name, isPerson: false}
    : {key: accountId, name, isPerson: true};
}

/**
 * What an event is about. In "User added to group" the group is the affected object and the user an
 * associated one, in "Space permission added" it is the grantee and the space: only the type tells.
 */
function readThings(data: JsonObject): Thing[] {
  const things = [objectAt(data, 'affectedObject'), ...objectsAt(data, 'associatedObjects')]
    .slice(0, MAX_OBJECTS)
    .map((object) => ({
      name: withoutGroupId(textAt(object, 'name')),
      type: textAt(object, 'objectType'),
    }));
  return things.filter(
    ({name, type}, index) =>
      things.findIndex((other) => other.name === name && other.type === type) === index,
  );
}

/** The changed values that say more than the event's objects do. */
function readChanges(data: JsonObject, things: readonly Thing[]): Change[] {
  const isNamed = (value: string): boolean => things.some(({name}) => name === value);
  return objectsAt(data, 'changedValues')
    .map((value) => ({
      name: textAt(value, 'name'),
      from: withoutGroupId(textAt(value, 'oldValue')),
      to: withoutGroupId(textAt(value, 'newValue')),
    }))
    .filter(({from, to}) => from + to !== '' && !isNamed(from + to))
    .slice(0, MAX_OBJECTS);
}

function withoutGroupId(text: string): string {
  return text.replace(GROUP_ID, '');
}
