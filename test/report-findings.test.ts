import {describe, expect, test} from '@jest/globals';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {readEvent} from '../demo/report/audit-event';
import type {AuditEvent} from '../demo/report/audit-event';
import {EventCounts} from '../demo/report/event-counts';
import {findQuietTime, isQuiet} from '../demo/report/quiet-time';
import {answersOf, QUESTIONS} from '../demo/report/questions';
import {auditRecord, SPACE_PERMISSION} from './support/report-messages';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONDAY = Date.UTC(2026, 5, 1);
const CAPTURED = join(__dirname, '..', 'test_files', 'captured');

type Data = ReturnType<typeof auditRecord>;
type Options = Partial<Parameters<typeof auditRecord>[0]>;

/** The records that were captured of a summary. */
function captured(name: string): Data[] {
  const file = JSON.parse(readFileSync(join(CAPTURED, name), 'utf8')) as {records: Data[]};
  return file.records;
}

function eventOf(data: Data): AuditEvent {
  const event = readEvent(data);
  if (!event) {
    throw new Error('this record has no time');
  }
  return event;
}

/** The ids of the questions that a record answers. */
function answered(data: Data): string[] {
  const bits = answersOf(eventOf(data));
  return QUESTIONS.filter((_, index) => (bits & (1 << index)) !== 0).map(({id}) => id);
}

function recordOf(options: Options): Data {
  return auditRecord({creationDate: MONDAY, ...options});
}

function added(records: readonly Data[]) {
  const counts = new EventCounts();
  records.forEach((data) => counts.add(data));
  return counts.summary();
}

describe('readEvent finds person, group and place by the type of object', () => {
  test('user added to group: the group is affected, the user associated', () => {
    expect(eventOf(captured('user-added-to-group.json')[0] ?? {})).toMatchObject({
      actor: {name: 'System', isPerson: false},
      users: ['Priya Raghunathan'],
      groups: ['confluence-users'],
      places: [],
    });
  });

  test('space permission added: the grantee is affected, the space associated', () => {
    expect(eventOf(captured('space-permission-added.json')[0] ?? {})).toMatchObject({
      users: ['Chat Notifications'],
      groups: [],
      places: [expect.stringMatching(/ \(Space\)$/)],
      changes: expect.arrayContaining([{name: 'Type', from: '', to: 'SETSPACEPERMISSIONS'}]),
    });
  });

  test('page archived: the page is affected and associated, and stands once', () => {
    const {places} = eventOf(captured('page-archived.json')[0] ?? {});
    expect(places).toEqual(['Articles to be approved (Page)', 'Service Catalogue (Space)']);
  });

  test('the other way round it is the same', () => {
    const {about = []} = SPACE_PERMISSION;
    const turned = eventOf(recordOf({...SPACE_PERMISSION, about: about.toReversed()}));
    expect(turned).toEqual(eventOf(recordOf(SPACE_PERMISSION)));
    expect(turned).toMatchObject({groups: ['designers'], places: ['Handbook (Space)']});
  });
});

describe('a captured record', () => {
  test('of each kind is known to the map', () => {
    const files = readdirSync(CAPTURED);
    expect(files.length).toBeGreaterThan(9);
    expect(added(files.flatMap(captured)).unknown.kinds).toEqual([]);
  });

  test.each([
    ['space-permission-added.json', ['administrators']],
    ['user-added-to-group.json', ['administrators']], // one of them joins the Sysadmins
    ['user-created.json', []],
    ['user-details-updated.json', []],
    ['user-deactivated.json', []],
    ['group-created.json', []],
    ['space-created.json', []],
    ['space-configuration-updated.json', []],
    ['space-logo-uploaded.json', []],
    ['page-archived.json', []],
  ])('%s answers %j', (name, questions) => {
    expect(captured(name).map(answered).flat()).toEqual(questions);
  });
});

const JOINS: Options = {category: 'Users and groups', summary: 'User added to group'};
const GRANTS: Options = {category: 'Permissions', summary: 'Space permission added'};
const GLOBAL: Options = {category: 'Permissions', summary: 'Global permission added'};
const ADA: [string, string] = ['Ada', 'User'];

describe('questions', () => {
  test.each<[string, Options, string[]]>([
    ['joins admins', {...JOINS, about: [['site-admins', 'Group'], ADA]}, ['administrators']],
    [
      'joins admins, other side',
      {...JOINS, about: [ADA, ['Org Admins', 'Group']]},
      ['administrators'],
    ],
    ['joins others', {...JOINS, about: [['designers', 'Group'], ADA]}, []],
    [
      'an admin joins others',
      {
        ...JOINS,
        about: [
          ['designers', 'Group'],
          ['Admin Ada', 'User'],
        ],
      },
      [],
    ],
    ['leaves admins', {summary: 'User removed from group', about: [['admins', 'Group'], ADA]}, []],
    ['joins guests', {...JOINS, about: [['confluence-guests-acme', 'Group'], ADA]}, ['outside']],
    [
      'administers the site',
      {...GLOBAL, changes: [['Type', '', 'ADMINISTRATECONFLUENCE']]},
      ['administrators'],
    ],
    ['uses the site', {...GLOBAL, changes: [['Type', '', 'USECONFLUENCE']]}, []],
    [
      'edits a space named ADMIN',
      {
        ...GRANTS,
        changes: [
          ['Type', '', 'EDITSPACE'],
          ['Space', '', 'ADMIN'],
        ],
      },
      [],
    ],
    [
      'administers no more',
      {summary: 'Space permission removed', changes: [['Type', 'SETSPACEPERMISSIONS', '']]},
      [],
    ],
    [
      'anonymous access',
      {
        ...GRANTS,
        about: [
          ['Anonymous', 'User'],
          ['Handbook', 'Space'],
        ],
      },
      ['outside'],
    ],
    [
      'no anonymous access',
      {summary: 'Space permission removed', about: [['Anonymous', 'User']]},
      [],
    ],
    ['a public link', {summary: 'Public link enabled'}, ['outside']],
    ['no public link', {summary: 'Public link disabled'}, []],
    ['a restriction lifted', {summary: 'Content restriction removed'}, ['outside']],
    ['a restriction set', {summary: 'Content restriction added'}, []],
    ['a space exported', {summary: 'Space exported'}, ['exports']],
    ['the audit log exported', {summary: 'Audit log exported'}, ['exports']],
    ['may export a space', {...GRANTS, changes: [['Type', '', 'EXPORTSPACE']]}, []],
    ['the admin key', {summary: 'Page viewed with admin key'}, ['admin-key']],
    ['audit log settings', {summary: 'Audit Log configuration updated'}, ['site']],
    ['an app', {summary: 'App uninstalled'}, ['site']],
    ['words nobody knows', {summary: 'Whiteboard shared'}, []],
  ])('%s', (_, options, questions) => {
    expect(answered(recordOf(options))).toEqual(questions);
  });

  test('rare answers outlive a flood of permission changes', () => {
    const counts = new EventCounts(100);
    counts.add(recordOf({summary: 'Space exported'}));
    for (let index = 1; index <= 201; index += 1) {
      counts.add(recordOf({...SPACE_PERMISSION, creationDate: MONDAY + index}));
    }
    const {list, findings} = counts.summary();
    expect(findings.find(({id}) => id === 'exports')).toMatchObject({events: 1, actors: 1});
    expect(list.events.at(-1)).toMatchObject({summary: 'Space exported'});
    expect(list).toMatchObject({total: 202, permissionChanges: 201, isWhole: false});
    expect(list.events).toHaveLength(101);
  });

  test('what the map does not know is counted, the rarest first', () => {
    const names = ['Whiteboard shared', 'Whiteboard shared', 'User created', 'Robot woken'];
    const records = names.map((summary, index) =>
      recordOf({summary, category: 'New', creationDate: MONDAY + index}),
    );
    expect(added(records).unknown).toEqual({
      events: 3,
      isExact: true,
      kinds: [
        {summary: 'Robot woken', category: 'New', events: 1, last: MONDAY + 3},
        {summary: 'Whiteboard shared', category: 'New', events: 2, last: MONDAY + 1},
      ],
    });
  });
});

describe('first-seen addresses', () => {
  const at = (days: number, who: string, remoteAddress: string): Data =>
    recordOf({creationDate: MONDAY + days * DAY_MS, who: [who, who], remoteAddress});

  test('are those of people who are known for a week, whatever the order of the records', () => {
    const records = [
      at(0, 'ada', '203.0.113.1'),
      at(6, 'ada', '203.0.113.2'),
      at(7, 'ada', '203.0.113.3'),
      at(9, 'ada', '203.0.113.3'),
      at(8, 'ada', '203.0.113.4'),
      at(8, 'bob', '203.0.113.4'),
      at(0, '', '203.0.113.1'),
      at(9, '', '203.0.113.9'),
    ];
    const expected = [
      expect.objectContaining({who: 'ada', address: '203.0.113.4', events: 1, others: 1}),
      {
        who: 'ada',
        address: '203.0.113.3',
        at: MONDAY + 7 * DAY_MS,
        summary: 'Page archived',
        events: 2,
        others: 0,
      },
    ];
    expect(added(records).habits.firstSeen).toEqual(expected);
    expect(added(records.toReversed()).habits.firstSeen).toEqual(expected);
  });
});

describe('off-hours', () => {
  test('are the night and the weekend where there is too little to tell', () => {
    const quiet = findQuietTime(Array.from({length: 168}, () => 1));
    expect(quiet).toEqual({fromHour: 20, toHour: 6, firstDay: 5, isFound: false});
    const hours = [19, 20, 24 + 5, 24 + 6, 5 * 24 - 5, 5 * 24 + 12, 7 * 24 - 1];
    expect(hours.map((hour) => isQuiet(quiet, hour))).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  test('are read off the people of a site elsewhere', () => {
    // at work from 22:00 to 08:00 UTC, from Sunday to Thursday
    const week = Array.from({length: 168}, (_, hour) => {
      const isDay = hour % 24 >= 22 || hour % 24 < 8;
      const day = Math.floor(hour / 24);
      return isDay && day !== 4 && day !== 5 ? 20 : 0;
    });
    const quiet = findQuietTime(week);
    expect(quiet).toMatchObject({firstDay: 4, isFound: true});
    expect(week.filter((count, hour) => count > 0 && isQuiet(quiet, hour))).toEqual([]);
  });

  test('name those first for whom it is unusual, and never System', () => {
    const at = (day: number, hour: number, who: string): Data =>
      recordOf({creationDate: MONDAY + day * DAY_MS + hour * HOUR_MS, who: [who, who]});
    const records = [
      ...Array.from({length: 9}, (_, index) => at(1, 8 + index, 'ada')),
      at(2, 3, 'ada'),
      at(5, 12, 'owl'),
      at(2, 3, ''),
    ];
    expect(added(records).habits.offHours).toEqual([
      {who: 'ada', events: 1, total: 10, last: MONDAY + 2 * DAY_MS + 3 * HOUR_MS},
      {who: 'owl', events: 1, total: 1, last: MONDAY + 5 * DAY_MS + 12 * HOUR_MS},
    ]);
  });
});
