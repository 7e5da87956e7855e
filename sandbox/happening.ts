import type {AuditRecord, ChangedValue} from './audit-record';
import type {Random} from './random';
import type {Site} from './site';

/** What an event says besides when it was and from where, and whose doing it is. */
export interface Happening extends Pick<
  AuditRecord,
  'summary' | 'category' | 'affectedObject' | 'changedValues' | 'associatedObjects'
> {
  by: 'System' | 'person';
}

/** Makes a happening of one kind up from what a site has. */
export type Make = (site: Site, random: Random) => Happening;

/** Name and object type. */
export type Thing = readonly [name: string, objectType: string];

/** What some captured records have in place of a thing. */
export const NOTHING: Thing = ['', ''];

/** A happening with the documented fields, the optional ones as captured. */
export function happening(
  by: Happening['by'],
  category: string,
  summary: string,
  affected: Thing,
  changedValues: ChangedValue[] = [],
  associated: readonly Thing[] = [],
): Happening {
  return {
    by,
    summary,
    category,
    affectedObject: asObject(affected),
    changedValues,
    associatedObjects: associated.map(asObject),
  };
}

/** The hidden values are there in every captured record, and empty. */
export function changed(name: string, oldValue: string, newValue: string): ChangedValue {
  return {name, oldValue, newValue, hiddenOldValue: '', hiddenNewValue: ''};
}

function asObject([name, objectType]: Thing): AuditRecord['affectedObject'] {
  return {name, objectType};
}
