import {type Fault, simulator, testOf} from '../fault';

const CHAINS = simulator('chains', '--lies', '0', '--syncs', '400');

/** By what a record is told from another. */
export const IDENTITY: readonly Fault[] = [
  {
    name: 'the id is the time (Airbyte: the primary key is creationDate)',
    file: 'stream/record-lines.ts',
    find: 'lines.ascii(hash)',
    replace: 'lines.ascii(String(timeMs))',
    caughtBy: CHAINS,
  },
  {
    name: 'twins have one id',
    file: 'stream/record-lines.ts',
    find: 'ordinal > 1',
    replace: 'ordinal < 1',
    caughtBy: CHAINS,
  },
  {
    name: '`sysAdmin` is left out of the id',
    file: 'confluence/record-id.ts',
    find: "    'sysAdmin',\n",
    replace: '',
    caughtBy: CHAINS,
  },
  {
    name: '`superAdmin` is left out of the id',
    file: 'confluence/record-id.ts',
    find: "    'superAdmin',\n",
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
    file: 'confluence/record-reader.ts',
    find: "shape.path === 'author' ? shape.get('accountId') : 0",
    replace: '0',
    caughtBy: testOf('traps', 'a renamed user and another order of fields change no id'),
  },
  {
    name: 'the cloud id is left out of the id',
    file: 'confluence/record-reader.ts',
    find: 'Buffer.from(`["${cloudId}"`)',
    replace: 'Buffer.from(`[""`)',
    caughtBy: testOf('readme-record', 'has the id that the formula gives'),
  },
  {
    name: 'a field of Confluence by the name of one of ours stands beside ours',
    file: 'confluence/record-reader.ts',
    find: 'this.hasOurs ||= isOurs;',
    replace: '',
    caughtBy: testOf('odd-answers', 'should it have fields by the names of ours'),
  },
];
