import schema from '../../resources/schemas/audit_records.json';
import {Members} from './members';

const VERSION = 'v1:';

const {author, affectedObject, associatedObjects, changedValues} = schema.properties;
/** Names that Confluence renders for an account are left out: a renamed user changes no id. */
export const AUTHOR = new Members('author.', author, ['accountId', 'type', 'displayName']);
/** Of these nothing goes into the id; what the schema does not say of them is told. */
export const OPERATIONS = new Members(
  'author.operations[].',
  author.properties.operations.items,
  [],
);
const NAMED = ['name', 'objectType'];
const VALUES = ['name', 'oldValue', 'newValue', 'hiddenOldValue', 'hiddenNewValue'];

/** A member of a record that goes into its id: an object of which only some members count, a list of such, or any value. */
interface Part {
  readonly name: string;
  readonly of?: Members;
  readonly listOf?: Members;
}

/** What an id is made from, after the cloud id; in this order. */
export const PARTS: readonly Part[] = [
  {name: 'creationDate'},
  {name: 'category'},
  {name: 'summary'},
  {name: 'description'},
  {name: 'remoteAddress'},
  {name: 'sysAdmin'},
  {name: 'superAdmin'},
  {name: 'author', of: AUTHOR},
  {name: 'affectedObject', of: new Members('affectedObject.', affectedObject, NAMED)},
  {name: 'changedValues', listOf: new Members('changedValues[].', changedValues.items, VALUES)},
  {
    name: 'associatedObjects',
    listOf: new Members('associatedObjects[].', associatedObjects.items, NAMED),
  },
];
const OURS = ['id', 'cloudId', 'createdAt'];
/** What a record has: first PARTS, then what bears the name of a field of ours. */
export const RECORD = new Members('', schema, [...PARTS.map(({name}) => name), ...OURS]);
/** Of no object are more members wanted. */
export const MOST_WANTED = VALUES.length;

/** The id of the `ordinal`-th record (1, 2, …) with this hash in its millisecond. */
export function formatId(hash: string, ordinal: number): string {
  return ordinal === 1 ? `${VERSION}${hash}` : `${VERSION}${hash}:${ordinal}`;
}
