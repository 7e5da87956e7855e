import {describe, expect, test} from '@jest/globals';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {AuditRecord} from '../sandbox/audit-record';
import {generateRecords} from '../sandbox/generate';

interface Fixture {
  source: string;
  records: AuditRecord[];
}

const FOLDER = join(__dirname, '..', 'test_files', 'captured');
const FIXTURES = new Map(
  readdirSync(FOLDER).map((name) => {
    const fixture = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Fixture;
    return [fixture.records[0]!.summary, fixture];
  }),
);
const DAY = 24 * 3_600_000;
const FROM = Date.UTC(2026, 0, 1);
const made = (['office', 'bursty', 'sparse'] as const).flatMap((shape) => [
  ...generateRecords({seed: 11, count: 6000, from: FROM, to: FROM + 90 * DAY, shape}),
]);

/** All but the values that differ from site to site: keys in order, types, objects, names of values. */
function shapeOf(record: AuditRecord): object {
  // Documented since the captures were made, and in none of them.
  const {isGuest: _documented, ...author} = record.author;
  const {affectedObject, associatedObjects, changedValues} = record;
  return {
    keys: typesOf({...record, author, changedValues: [], associatedObjects: []}),
    category: record.category,
    byWhom: author.accountId === undefined ? author.displayName : 'a person',
    affected: typesOf(affectedObject),
    affectedType: affectedObject.objectType,
    associated: associatedObjects.map(({objectType}) => objectType),
    associatedKeys: associatedObjects.map(typesOf),
    changed: changedValues.map(({name, oldValue, newValue}) => {
      const isKnown = ['Active', 'Content status', 'Space type', 'Space status'].includes(name);
      return isKnown ? [name, oldValue, newValue] : [name, oldValue === '' ? 'set' : 'changed'];
    }),
    changedKeys: changedValues.map(typesOf),
    constants: [record.description, record.superAdmin, author.accountType, author.publicName],
  };
}

function typesOf(value: object): unknown[] {
  return Object.entries(value).map(([key, inner]) =>
    typeof inner === 'object' && inner !== null
      ? [key, ...(Array.isArray(inner) ? ['list'] : typesOf(inner as object))]
      : `${key}: ${inner === null ? 'null' : typeof inner}`,
  );
}

/** Each shape once, in a fixed order. */
function shapesOf(records: readonly AuditRecord[]): string[] {
  return [...new Set(records.map((record) => JSON.stringify(shapeOf(record))))].toSorted();
}

const parsed = (shapes: readonly string[]): unknown[] => shapes.map((shape) => JSON.parse(shape));

describe('the sandbox is held to captures', () => {
  test('of ten kinds of events a real record is public', () => {
    expect([...FIXTURES.keys()].toSorted()).toEqual([
      'Group created',
      'Page archived',
      'Space configuration updated',
      'Space created',
      'Space logo uploaded',
      'Space permission added',
      'User added to group',
      'User created',
      'User deactivated',
      'User details updated',
    ]);
    for (const {source, records} of FIXTURES.values()) {
      expect(source).toMatch(/^(elastic|coralogix)\//);
      expect(new Set(records.map(({summary}) => summary)).size).toBe(1);
    }
  });

  test.each([...FIXTURES.keys()])('%s: all shapes that were captured, and no other', (summary) => {
    const ours = made.filter((record) => record.summary === summary);
    const captured = FIXTURES.get(summary)!.records;
    expect(parsed(shapesOf(ours))).toEqual(parsed(shapesOf(captured)));
  });

  test('what nobody has ever seen is less than a tenth of a log', () => {
    const guessed = made.filter(({summary}) => !FIXTURES.has(summary));
    expect(guessed.length / made.length).toBeLessThan(0.1);
    expect(guessed.length).toBeGreaterThan(100);
  });

  test('a group is named with its id, a space permission names its space by key and by name', () => {
    const groups = made.flatMap(({affectedObject: {name, objectType}}) =>
      objectType === 'Group' ? [name] : [],
    );
    expect(
      groups.filter((name) => !/^.+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)),
    ).toEqual([]);
    const permissions = made.filter(({summary}) => summary === 'Space permission added');
    const types = permissions.map(({changedValues}) => changedValues[0]?.newValue);
    expect(types).toContain('SETSPACEPERMISSIONS');
    for (const {affectedObject, changedValues, associatedObjects} of permissions) {
      expect(changedValues[2]?.newValue).toBe(affectedObject.name);
      expect(changedValues[1]?.newValue).not.toBe(associatedObjects[0]?.name);
    }
  });

  test('whom a deactivation hit stands in its sibling, 11 to 72 ms later', () => {
    const ofSummary = (summary: string, from: readonly AuditRecord[]): AuditRecord[] =>
      from.filter((record) => record.summary === summary);
    const office = made.slice(0, 6000);
    const deactivated = ofSummary('User deactivated', office);
    const siblings = ofSummary('User details updated', office);
    expect(deactivated.length).toBeGreaterThan(20);
    const gaps = deactivated.map(
      ({creationDate}, n) => (siblings[n]?.creationDate ?? NaN) - creationDate,
    );
    expect(siblings).toHaveLength(deactivated.length);
    expect(gaps.filter((gap) => !(gap >= 11 && gap <= 72))).toEqual([]);
    const names = siblings.map(({affectedObject}) => affectedObject.name);
    expect(names.filter((name) => !/ \((Deactivated|Unlicensed)\)$/.test(name))).toEqual([]);
  });
});
