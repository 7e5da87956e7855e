import {type Fault, strictly, testOf} from '../fault';

/** How what cannot be followed is read by place: src/reading. */
export const BY_PLACE: readonly Fault[] = [
  {
    name: 'what is read by place is not read a second time',
    file: 'reading/by-place.ts',
    find: 'isOnePage ? 2 : alikeNeeded(records)',
    replace: '1',
    caughtBy: testOf('by-place', 'what comes to light while it is read comes, too'),
  },
  {
    name: 'readings that were put together are believed though nothing confirms them',
    file: 'reading/by-place.ts',
    find: 'const CONFIRMATIONS = 2;',
    replace: 'const CONFIRMATIONS = 0;',
    caughtBy: testOf('by-place', 'what comes to light while it is read comes, too'),
  },
  {
    name: 'of twins in readings that are put together one is kept',
    file: 'reading/by-place.ts',
    find: 'Math.max(known?.count ?? 0, counts.get(key)!)',
    replace: '1',
    caughtBy: testOf('by-place', 'of twins, in another order in each answer, both come'),
  },
  {
    name: 'to read a crowd page by page as before is thought to bring nothing',
    file: 'reading/place-reading.ts',
    find: 'server.progress();',
    replace: '',
    caughtBy: testOf('exactness', 'pages of 25, and 5,000 records in one millisecond'),
  },
  {
    name: 'readings that never agree are believed all the same',
    file: 'reading/by-place.ts',
    find: 'throw contradiction(of.window.fromMs, `readings of ${lengths} records`);',
    replace: 'return {records: united.records, isAll: true};',
    caughtBy: testOf('by-place', 'one that never comes to rest is a failure'),
  },
  {
    name: 'a reading whose places shifted while it was read counts',
    file: 'reading/by-place.ts',
    find: 'newestMs >= (last[i + 1]?.newestMs ?? newestMs)',
    replace: 'newestMs >= (last[i + 1]?.newestMs ?? newestMs) - Infinity',
    caughtBy: testOf('by-place', 'a reading that was shifted by something newer does not count'),
  },
  {
    name: 'twins of which many pages are full are believed as soon as others',
    file: 'reading/by-place.ts',
    find: '1 + Math.ceil(BITS_NEEDED / Math.max(1, bits))',
    replace: '2',
    caughtBy: strictly('lies', 'order anew', 484),
  },
  {
    name: 'readings of what is still to happen must be complete',
    file: 'reading/by-place.ts',
    find: 'of.window.fromMs > server.endMs',
    replace: 'of.window.fromMs === Infinity',
    caughtBy: testOf(
      'by-place',
      'each reading lacks one: only of what is still to happen is that enough',
    ),
  },
  {
    name: 'what lies after now by a wrong clock counts as what is still to happen',
    file: 'reading/by-place.ts',
    find: 'of.window.fromMs > server.endMs',
    replace: 'of.window.fromMs > server.nowMs',
    caughtBy: strictly('pairs', 'order anew, rounding inward to a day', 7234107, 10),
  },
  {
    name: 'in no order, too, only what is wanted is counted of what a reading shows',
    file: 'reading/place-reading.ts',
    find: 'const counted = this.hasOrder\n',
    replace: 'const counted = this.hasOrder !== undefined\n',
    caughtBy: strictly('pairs', 'order anew, rounding cut to a second', 4009),
  },
];
