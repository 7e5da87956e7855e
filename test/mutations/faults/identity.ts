import {type Fault, simulator, testOf} from '../fault';

const CHAINS = simulator('chains', '--lies', '0', '--syncs', '400');

/** By what a record is told from another. */
export const IDENTITY: readonly Fault[] = [
  {
    name: 'the id is the time (Airbyte: the primary key is creationDate)',
    file: 'stream/record-lines.ts',
    find: 'formatId(hash, ordinal)',
    replace: 'formatId(String(timeMs), 1)',
    caughtBy: CHAINS,
  },
  {
    name: 'twins have one id',
    file: 'confluence/record-id.ts',
    find: 'ordinal === 1 ? `${VERSION}${hash}`',
    replace: 'ordinal > 0 ? `${VERSION}${hash}`',
    caughtBy: CHAINS,
  },
  {
    name: '`sysAdmin` is left out of the id',
    file: 'confluence/record-id.ts',
    find: "  {name: 'sysAdmin'},\n",
    replace: '',
    caughtBy: CHAINS,
  },
  {
    name: '`superAdmin` is left out of the id',
    file: 'confluence/record-id.ts',
    find: "  {name: 'superAdmin'},\n",
    replace: '',
    caughtBy: CHAINS,
  },
  {
    name: 'hidden values are left out of the id',
    file: 'confluence/record-id.ts',
    find: ", 'hiddenOldValue', 'hiddenNewValue']",
    replace: ']',
    caughtBy: CHAINS,
  },
  {
    name: "an account's rendered name is part of the id (Avotrix, Grove)",
    file: 'confluence/record-hasher.ts',
    find: 'const isAuthor = members === AUTHOR;',
    replace: 'const isAuthor = false;',
    caughtBy: testOf('traps', 'a renamed user and another order of fields change no id'),
  },
  {
    name: 'the cloud id is left out of the id',
    file: 'confluence/record-hasher.ts',
    find: 'Buffer.from(`["${cloudId}"`)',
    replace: 'Buffer.from(`[""`)',
    caughtBy: testOf('readme-record', 'has the id that the formula gives'),
  },
  {
    name: 'a field of Confluence by the name of one of ours stands beside ours',
    file: 'confluence/page.ts',
    find: 'ours.forEach(([from, to]) => blankMember(scanner.bytes, from, to));',
    replace: '',
    caughtBy: testOf('odd-answers', 'should it have fields by the names of ours'),
  },
];
