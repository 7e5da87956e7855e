import {describe, expect, jest, test} from '@jest/globals';

import {FAULTS} from './faults';
import {type Catcher, isContent} from './seeded-fault';

jest.setTimeout(300_000);

/** `npm test` tries one fault in so many, `npm run test:faults` all. */
const ONE_IN = process.env['ALL_FAULTS'] ? 1 : 10;
const tried = FAULTS.filter((_, at) => at % ONE_IN === 0);
const catchers = new Map(tried.map(({caughtBy}) => [JSON.stringify(caughtBy), caughtBy]));

describe('a seeded fault is caught', () => {
  test.each(tried.map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    expect(await isContent(fault.caughtBy, fault.patches)).toBe(false);
  });
});

describe('what catches them has nothing against the source as it is', () => {
  test.each([...catchers])('%s', async (_, catcher: Catcher) => {
    expect(await isContent(catcher, [])).toBe(true);
  });
});
