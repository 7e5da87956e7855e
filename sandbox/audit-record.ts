/**
 * The audit record as Confluence Cloud answers it: the schema AuditRecord of Atlassian's OpenAPI
 * file, and what captured answers show beyond it (keys absent for System, `operations` always null).
 */
export interface AuditRecord {
  author: AuditAuthor;
  remoteAddress: string;
  /** Epoch milliseconds. */
  creationDate: number;
  summary: string;
  description: string;
  category: string;
  sysAdmin: boolean;
  /** What it means is documented nowhere; not required, in captures always there and false. */
  superAdmin?: boolean;
  affectedObject: AffectedObject;
  changedValues: ChangedValue[];
  associatedObjects: AffectedObject[];
}

export interface AuditAuthor {
  type: 'user';
  displayName: string;
  operations: null | {operation: string; targetType: string}[];
  /** Deprecated. */
  isExternalCollaborator?: boolean;
  /** Deprecated; equals the account id. Absent for System. */
  username?: string;
  /** Deprecated. Absent for System. */
  userKey?: string;
  /** Absent for System. */
  accountId?: string;
  accountType?: string;
  publicName?: string;
  /** Deprecated. */
  externalCollaborator?: boolean;
  /** Documented since 2025; in no capture. */
  isGuest?: boolean;
}

export interface AffectedObject {
  name: string;
  objectType: string;
}

export interface ChangedValue {
  name: string;
  oldValue: string;
  newValue: string;
  hiddenOldValue?: string;
  hiddenNewValue?: string;
}

/** The order of keys in captured answers; JSON.stringify leaves out what stays undefined. */
const RECORD_ORDER = {
  author: undefined,
  remoteAddress: undefined,
  creationDate: undefined,
  summary: undefined,
  description: undefined,
  category: undefined,
  sysAdmin: undefined,
  superAdmin: undefined,
  affectedObject: undefined,
  changedValues: undefined,
  associatedObjects: undefined,
};

const AUTHOR_ORDER = {
  type: undefined,
  displayName: undefined,
  operations: undefined,
  isExternalCollaborator: undefined,
  username: undefined,
  userKey: undefined,
  accountId: undefined,
  accountType: undefined,
  publicName: undefined,
  externalCollaborator: undefined,
  isGuest: undefined,
};

/**
 * One record as compact JSON, the keys of the record and of its author in the captured order.
 * Fields that Confluence does not know (a test's "new field of next year") follow the known ones.
 */
export function serialiseRecord(record: AuditRecord): string {
  const author = {...AUTHOR_ORDER, ...record.author};
  return JSON.stringify({...RECORD_ORDER, ...record, author});
}
