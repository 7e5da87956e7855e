import {type Fault, simulator, testOf} from '../fault';

const CHAINS = simulator('chains', '--lies', '0', '--syncs', '400');
const UNREAD = 'without({fromMs: beginOf(start), toMs: Infinity}, start.state?.settled ?? [])';
const FROM_CURSOR = (from: string): string =>
  `start.state ? [{fromMs: ${from}, toMs: Infinity}] : ${UNREAD}`;

/** The cursor, the state and the time: among them the rules of other collectors of this log. */
export const CURSOR: readonly Fault[] = [
  {
    name: 'of too many keys those are forgotten that the state had',
    file: 'stream/cursor.ts',
    find: '.sort(([, a], [, b]) => a.timeMs - b.timeMs);\n      inOrder',
    replace: ';\n      inOrder',
    caughtBy: testOf('cursor', 'what one state cannot remember is what is oldest'),
  },
  {
    name: 'the next sync begins at the cursor: what surfaces late is lost (Elastic)',
    file: 'stream/cursor.ts',
    find: UNREAD,
    replace: FROM_CURSOR('start.state.creationDate'),
    caughtBy: CHAINS,
  },
  {
    name: 'the next sync begins one millisecond after the cursor (Elastic later, XSIAM, Wazuh)',
    file: 'stream/cursor.ts',
    find: UNREAD,
    replace: FROM_CURSOR('start.state.creationDate + 1'),
    caughtBy: CHAINS,
  },
  {
    name: 'a STATE comes before the records that it speaks for (Sentinel function)',
    file: 'stream/read.ts',
    find: 'let emitted = 0;\n',
    replace: 'let emitted = 0;\ncursor.pass(part.window);\nyield checkpoint();\n',
    caughtBy: CHAINS,
  },
  {
    name: 'only the newest page is read, and the cursor passes the rest (Google SecOps)',
    file: 'stream/read.ts',
    find: 'of readWindow(window, {',
    replace:
      'of readWindow({...window, fromMs: Math.max(window.fromMs, there?.page.records.at(-1)?.timeMs ?? 0)}, {',
    caughtBy: CHAINS,
  },
  {
    name: 'each sync reads everything again (Airbyte’s full refresh, appended)',
    file: 'stream/state.ts',
    find: 'return state && readState(state);',
    replace: 'return state && undefined;',
    caughtBy: CHAINS,
  },
  {
    name: 'the first window ends with the log of ten pages (Wazuh)',
    file: 'reading/coverage.ts',
    find: 'span.toMs >= this.whole.toMs ? this.whole.toMs',
    replace: 'records.length >= 10 ? this.whole.toMs',
    caughtBy: CHAINS,
  },
  {
    name: 'what was emitted is forgotten if a sync does not meet it',
    file: 'stream/cursor.ts',
    find: '.filter(([, {timeMs}]) => !this.settled.some((window) => holds(window, timeMs)))',
    replace:
      '.filter(([, {timeMs, unmet}]) => unmet === 0 && !this.settled.some((window) => holds(window, timeMs)))',
    caughtBy: testOf(
      'cursor',
      'what a replica hides in one sync and shows in the next is not emitted again',
    ),
  },
  {
    name: 'what was emitted is not remembered',
    file: 'stream/cursor.ts',
    find: 'emitted: emitted.slice(-MAX_EMITTED),',
    replace: 'emitted: [],',
    caughtBy: CHAINS,
  },
  {
    name: 'a state that is full forgets the newest records',
    file: 'stream/cursor.ts',
    find: 'emitted.slice(-MAX_EMITTED)',
    replace: 'emitted.slice(0, MAX_EMITTED)',
    caughtBy: testOf('cursor', 'what one state cannot remember is what is oldest'),
  },
  {
    name: 'what lies within the lookback is settled',
    file: 'stream/cursor.ts',
    find: 'now.atLeastMs - lookbackMs + 1;',
    replace: 'now.atLeastMs + 1;',
    caughtBy: CHAINS,
  },
  {
    name: 'the cursor moves back',
    file: 'stream/cursor.ts',
    find: 'this.creationDate = Math.max(this.creationDate, Math.min(toMs, seenMs));',
    replace: 'this.creationDate = Math.min(toMs, seenMs);',
    caughtBy: CHAINS,
  },
  {
    name: 'the cursor is as far as the latest clock',
    file: 'stream/cursor.ts',
    find: 'Math.max(now.atLeastMs, Math.min(this.newestMetMs, now.atMostMs));',
    replace: 'now.atMostMs;',
    caughtBy: CHAINS,
  },
  {
    name: 'a twin that surfaces in a later sync is taken for the one before',
    file: 'stream/cursor.ts',
    find: 'ordinal > known.count',
    replace: 'ordinal < 1',
    caughtBy: CHAINS,
  },
  {
    name: 'a backfill start that is moved back is ignored',
    file: 'stream/cursor.ts',
    find: 'Math.min(state?.readFrom ?? Infinity, backfillStartMs)',
    replace: 'state?.readFrom ?? backfillStartMs',
    caughtBy: CHAINS,
  },
  {
    name: 'a backfill start that is moved forward counts',
    file: 'stream/cursor.ts',
    find: 'Math.min(state?.readFrom ?? Infinity, backfillStartMs)',
    replace: 'backfillStartMs === Infinity ? (state?.readFrom ?? Infinity) : backfillStartMs',
    caughtBy: testOf('cursor', 'a start that is moved forward changes nothing'),
  },
  {
    name: 'the time is the `Date` of the answer',
    file: 'clock.ts',
    find: '[serverMs && serverMs - took, localMs - took, newestMs]',
    replace: '[(serverMs ?? localMs) - took]',
    caughtBy: CHAINS,
  },
  {
    name: 'the time is that of this machine',
    file: 'clock.ts',
    find: '[serverMs && serverMs - took, localMs - took, newestMs]',
    replace: '[localMs - took]',
    caughtBy: CHAINS,
  },
  {
    name: 'of the clocks the latest one counts',
    file: 'clock.ts',
    find: 'known[known.length === 3 ? 1 : 0]!',
    replace: 'known.at(-1)!',
    caughtBy: CHAINS,
  },
  {
    name: 'an answer shows the log of when it arrived',
    file: 'clock.ts',
    find: 'const took = Math.ceil(Math.min(tookMs, LONGEST_ANSWER_MS));',
    replace: 'const took = 0 * tookMs;',
    caughtBy: testOf('time-properties', 'of three clocks any one may be wrong'),
  },
  {
    name: 'of two states in a list the first one wins',
    file: 'stream/state-input.ts',
    find: '.map(find).findLast(',
    replace: '.map(find).find(',
    caughtBy: testOf('states', 'twice: the last one counts'),
  },
  {
    name: "another site's state is gone on from",
    file: 'stream/read.ts',
    find: 'state?.cloudId !== undefined && state.cloudId !== cloudId',
    replace: 'state?.cloudId === ""',
    caughtBy: testOf('states', 'a state of another site'),
  },
  {
    name: 'a state of version 1.0.0 is met by the keys of today',
    file: 'stream/cursor.ts',
    find: 'start.state?.isLegacy ? legacyKey(cloudId, record) : key',
    replace: 'key',
    caughtBy: testOf('state-fixtures', 'is gone on from'),
  },
  {
    name: 'a retention in months is taken for as many days',
    file: 'stream/report.ts',
    find: 'MONTHS: 31,',
    replace: 'MONTHS: 1,',
    caughtBy: testOf('odd-answers', 'MONTHS is told, and from when on there is something'),
  },
  {
    name: 'a retention in months is not understood',
    file: 'stream/report.ts',
    find: 'MONTHS: 31, ',
    replace: '',
    caughtBy: testOf('odd-answers', 'MONTHS is told, and from when on there is something'),
  },
  {
    name: 'a STATE comes after a million records',
    file: 'stream/read.ts',
    find: 'const RECORDS_PER_CHECKPOINT = 4_000;',
    replace: 'const RECORDS_PER_CHECKPOINT = 1_000_000;',
    caughtBy: testOf('exactness', '12,000 records come as they are, each once, oldest first even'),
  },
];
