/** An id is this, its hash, and from the second of twins in a millisecond on the number of the twin, with colons between. */
export const ID_VERSION = 'v1';
const NAMED = ['name', 'objectType'];

/**
 * What an id is made from, after the cloud id: by the path of an object in a record, the members of it
 * that count, in this order. docs/record.md documents it.
 */
export const FORMULA: Readonly<Record<string, readonly string[]>> = {
  '': [
    'creationDate',
    'category',
    'summary',
    'description',
    'remoteAddress',
    'sysAdmin',
    'superAdmin',
    'author',
    'affectedObject',
    'changedValues',
    'associatedObjects',
  ],
  author: ['type', 'displayName'],
  affectedObject: NAMED,
  'changedValues[]': ['name', 'oldValue', 'newValue', 'hiddenOldValue', 'hiddenNewValue'],
  'associatedObjects[]': NAMED,
};
