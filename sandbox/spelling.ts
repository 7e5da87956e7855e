import {type AuditRecord, serialiseRecord} from './audit-record';

/**
 * How the log writes its JSON. usual: as captured; nulls and blanks: what is absent as null, and a
 * blank after each colon and comma; escapes: `\uXXXX` for all beyond ASCII, and `\/`.
 */
export type Spelling = 'usual' | 'nulls and blanks' | 'escapes';

/** One record as JSON. */
export function spellRecord(record: AuditRecord, spelling: Spelling): string {
  if (spelling === 'usual') return serialiseRecord(record);
  if (spelling === 'escapes') return escaped(serialiseRecord(record));
  const author = {...ABSENT, ...record.author} as AuditRecord['author'];
  return spaced(JSON.parse(serialiseRecord({...record, author})));
}

/** The rest of an answer as JSON. */
export function spell(content: object, spelling: Spelling): string {
  const usual = JSON.stringify(content);
  if (spelling === 'usual') return usual;
  return spelling === 'escapes' ? escaped(usual) : spaced(JSON.parse(usual));
}

/** The optional members of an author, which System lacks. */
const ABSENT = {username: null, userKey: null, accountId: null, isGuest: null};

/** A slash can stand in strings only, so the text may be searched as it is. */
function escaped(json: string): string {
  const code = (unit: string): string => unit.charCodeAt(0).toString(16).padStart(4, '0');
  return json.replaceAll('/', '\\/').replace(/[\u0080-\uffff]/g, (unit) => `\\u${code(unit)}`);
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, inner]) => `"${key}": ${spaced(inner)}`);
  return `{${members.join(', ')}}`;
}
