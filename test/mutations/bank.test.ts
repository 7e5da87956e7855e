import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';

import {sectionOf} from '../../benchmark/page-section';
import {ROOT, textOf} from '../support/page-text';
import {FAULTS} from './faults';
import {faultTable} from './table';
import {apply, Workshop} from './workshop';

/** `npm run test:faults` tries all of them, for each change; here it is a fifth of those that the simulator finds. */
const PART = FAULTS.filter(({caughtBy}) => 'command' in caughtBy).filter((_, at) => at % 5 === 0);
/** What notices them, but for the chains without a lie: simulation.test.ts runs the same ones, and more of them. */
const CATCHERS = PART.map(({caughtBy}) => caughtBy).filter(
  (by) => 'command' in by && by.command[0] !== 'chains',
);

test('there are many faults, each with a name of its own', () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(40);
  expect(new Set(FAULTS.map(({name}) => name)).size).toBe(FAULTS.length);
});

test.each(FAULTS.map((fault) => [fault.name, fault] as const))(
  'the code has one place for: %s',
  (_, fault) => {
    const text = readFileSync(join(ROOT, 'src', fault.file), 'utf8');
    expect(apply(fault, text)).not.toBe(text);
  },
);

test('the page on tests has the table that `npm run test:faults -- --table` writes', () => {
  expect(sectionOf(textOf('docs/how-it-is-tested.md'), 'faults')).toBe(faultTable());
});

describe('a fault in a copy of the code', () => {
  let workshop: Workshop;
  beforeAll(() => {
    workshop = new Workshop(ROOT);
  });
  afterAll(() => workshop.close());

  test('is not found where there is none', async () => {
    expect(await workshop.tryNone(CATCHERS)).toEqual([]);
  });

  test.each(PART.map((fault) => [fault.name, fault] as const))('is found: %s', async (_, fault) => {
    expect(await workshop.tryFault(fault)).toMatchObject({isCaught: true});
  });
});
