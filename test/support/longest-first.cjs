// The order of the test files: those that take long begin first, so that no worker is left with one of
// them at the end. Jest knows by itself how long each took here before; on a fresh clone it goes by sizes.
'use strict';

const {default: Sequencer} = require('@jest/test-sequencer');

const LONG = [
  'simulation',
  'readme',
  'bank',
  'traps',
  'process',
  'exactness',
  'bench',
  'ending',
  'retries',
  'report-browser',
  'check',
  'network',
  'odd-answers',
  'served',
  'cost-of-answers',
];

module.exports = class extends Sequencer {
  sort(tests) {
    const rankOf = ({path}) => {
      const rank = LONG.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return rank === -1 ? LONG.length : rank;
    };
    return super.sort(tests).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
};
