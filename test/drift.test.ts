import {expect, test} from '@jest/globals';

import {AuditLog} from '../sandbox/audit-log';
import {answer, onAudit, pageOf} from './support/answers';
import {backfill, confluence, logOf, recordsOf} from './support/confluence';
import {logsOf} from './support/connector';
import {assertExactly} from './support/exactly';
import {read, runConnector} from './support/resident';

const UNKNOWN = 'a field that the schema of this version does not know';
const OTHER_TYPE = 'a value of another type than the schema of this version says';

test.each([
  ['a new field', {planId: 'secret'}, `${UNKNOWN}: \`planId\``],
  ['one of an author', {author: {newField: 'secret'}}, `${UNKNOWN}: \`author.newField\``],
  [
    'one of an operation of an author',
    {author: {operations: [{operation: 'read'}, {scope: 'secret'}]}},
    `${UNKNOWN}: \`author.operations[].scope\``,
  ],
  [
    'an operation that is a text',
    {author: {operations: ['secret']}},
    `${OTHER_TYPE}: \`author.operations[]\``,
  ],
  ['one of an object', {affectedObject: {key: 'secret'}}, `${UNKNOWN}: \`affectedObject.key\``],
  [
    'one of an object in a list',
    {associatedObjects: [{name: 'a'}, {key: 'secret'}]},
    `${UNKNOWN}: \`associatedObjects[].key\``,
  ],
  [
    'one of a changed value',
    {changedValues: [{at: 'secret'}]},
    `${UNKNOWN}: \`changedValues[].at\``,
  ],
  ['a text that is an object', {summary: {key: 'secret'}}, `${OTHER_TYPE}: \`summary\``],
  ['a truth that is a number', {superAdmin: 1}, `${OTHER_TYPE}: \`superAdmin\``],
  ['an object that is a text', {affectedObject: 'secret'}, `${OTHER_TYPE}: \`affectedObject\``],
  [
    'an inner text that is a number',
    {changedValues: [{newValue: 7}]},
    `${OTHER_TYPE}: \`changedValues[].newValue\``,
  ],
  [
    'a text in a list of objects',
    {changedValues: ['secret']},
    `${OTHER_TYPE}: \`changedValues[]\``,
  ],
])('%s in some records: one warning that names it, and no value', async (_, change, says) => {
  const records = recordsOf(300).map((record, n) => (n > 200 ? {...record, ...change} : record));
  const sandbox = await confluence({log: AuditLog.from(records as never)});
  const run = await read({config: backfill(sandbox)});
  assertExactly(run.records, sandbox.log);
  const warnings = logsOf(run, 'WARN');
  expect(warnings).toEqual([expect.stringContaining(`Records have ${says}.`)]);
  expect(warnings.join()).not.toContain('secret');
});

test('all that Confluence is known to send, or nothing in its place, is no news', async () => {
  const author = {
    type: 'user',
    displayName: 'A',
    operations: {},
    username: 'a',
    userKey: 'a',
    accountId: 'a',
    accountType: 'atlassian',
    externalCollaborator: false,
    isExternalCollaborator: true,
    isGuest: false,
    publicName: 'A',
  };
  const nothing = {author: null, affectedObject: null, changedValues: [null], sysAdmin: null};
  const records = recordsOf(60).map((record, n) => ({
    ...record,
    author,
    ...(n % 2 === 0 && nothing),
  }));
  const sandbox = await confluence({log: AuditLog.from(records as never)});
  const run = await read({config: backfill(sandbox)});
  assertExactly(run.records, sandbox.log);
  expect(logsOf(run, 'WARN')).toEqual([]);
});

test('the name of a field cannot be a command to a log, nor long; a check tells it, too', async () => {
  const [record] = recordsOf(1);
  const name = `\u001b[31m::error::\n${'x'.repeat(500)}`;
  const sandbox = await confluence({
    log: logOf(1),
    intercept: onAudit(answer(200, pageOf([{...record, [name]: 1}]))),
  });
  const [warning, ...others] = logsOf(
    await runConnector('check', {config: sandbox.settings({})}),
    'WARN',
  );
  expect(others).toEqual([]);
  expect(warning).toContain('`[31m::error:: …`');
});
