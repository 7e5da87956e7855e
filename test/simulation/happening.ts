/** A row of a simulated log, by what is to be known of it. */
export interface Happening {
  /** Its `creationDate`, epoch ms. */
  readonly timeMs: number;
  /** From this true time on the API shows it. */
  readonly visibleAtMs: number;
  /** As the API sends it; undefined: paging counts it and no answer shows it. */
  readonly json: string | undefined;
}

/** What one of several records of a millisecond says. */
export interface Wording {
  readonly who: string;
  readonly what: string;
  /** Two records may differ in nothing but one of these. */
  readonly flag?: 'sysAdmin' | 'superAdmin' | 'hiddenNewValue' | undefined;
}

/** An audit record as Confluence sends it, compact. */
export function recordJson(timeMs: number, {who, what, flag}: Wording): string {
  return JSON.stringify({
    author: {type: 'user', displayName: `Ann ${who}`, operations: null, accountId: `a-${who}`},
    remoteAddress: '10.0.0.1',
    creationDate: timeMs,
    summary: what,
    description: '',
    category: 'Users and groups',
    sysAdmin: flag === 'sysAdmin',
    superAdmin: flag === 'superAdmin',
    affectedObject: {name: 'Überall "1"', objectType: 'Group'},
    changedValues: [
      {
        name: 'Groups',
        oldValue: '',
        newValue: 'a',
        hiddenOldValue: '',
        hiddenNewValue: flag === 'hiddenNewValue' ? 'b' : '',
      },
    ],
    associatedObjects: [],
  });
}
