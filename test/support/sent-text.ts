/** A string, or white space. */
const STRING_OR_BLANKS = /("(?:[^"\\]|\\.)*")|\s+/g;
const OURS = /,?"id":"v1:[^"]*","cloudId":"[^"]*","createdAt":"[^"]*"}}}$/;
const DATA = '"data":';

/** A JSON text without the white space between its tokens: all else of a record is to come out as it is. */
export function withoutBlanks(json: string): string {
  return json.replaceAll(STRING_OR_BLANKS, '$1');
}

/** The line of a RECORD -> the bytes of the record in it, without the fields that are ours. */
export function sentText(line: string): string {
  return `${line.slice(line.indexOf(DATA) + DATA.length).replace(OURS, '')}}`;
}
