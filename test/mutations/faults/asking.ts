import {type Fault, simulator, testOf} from '../fault';

/** What is asked for, and when enough was: src/reading. */
export const ASKING: readonly Fault[] = [
  {
    name: 'the end of the log is believed without a request that looks beyond',
    file: 'reading/log-end.ts',
    find: 'const {server, course, window} = log;',
    replace:
      "const {server, course, window} = log;\nif (pages) return (reachEnd(log, pages), 'all');",
    caughtBy: simulator('lies', '--of', 'inward to a second', '--syncs', '60'),
  },
  {
    name: 'pages are believed though no request has shown that nothing else lies between',
    file: 'reading/walk.ts',
    find: 'await this.confirm();',
    replace: 'this.believe(pages);',
    caughtBy: testOf('read-windows', 'a record that stands last, though it happened late, comes'),
  },
  {
    name: 'an answer that ends before a record known after it is believed',
    file: 'reading/walk.ts',
    find: 'if (isCutShort && server.widen()) {',
    replace: 'if (isCutShort && pages === undefined) {',
    caughtBy: simulator('lies', '--of', 'inward to a second', '--syncs', '60'),
  },
  {
    name: 'a missing `next` is the end',
    file: 'reading/walk.ts',
    find: 'if (!server.saysMore(answer) && records.length < server.rows.recordsPerPage) {',
    replace: 'if (!answer.page.hasNext) {',
    caughtBy: simulator('lies', '--of', 'next never', '--syncs', '100'),
  },
  {
    name: 'pages do not show again how the one before ended',
    file: 'reading/places.ts',
    find: 'return needed <= length / 2 ? Math.max(usual, needed) : Math.min(usual, length - 1);',
    replace: 'return 0 * needed * usual;',
    caughtBy: simulator('chains', '--lies', '0', '--syncs', '400'),
  },
  {
    name: 'an answer that does not show what is known first is believed',
    file: 'reading/pages.ts',
    find: 'this.isAnchored = query.anchorMs === undefined;',
    replace: 'this.isAnchored = query !== undefined;',
    caughtBy: simulator('lies', '--of', 'inward to a second', '--syncs', '60'),
  },
  {
    name: 'a page that does not follow the one before is taken for the next one',
    file: 'reading/pages.ts',
    find: 'const {limit, isByPlace} = this;',
    replace: 'const {limit} = this;\nconst isByPlace = this.asked > 0;',
    caughtBy: simulator('chains', '--lies', '0', '--syncs', '400'),
  },
  {
    name: 'a page that brings nothing new is the end, however full',
    file: 'reading/pages.ts',
    find: 'if (!server.rows.isFull(answer)) {',
    replace: 'if (server !== undefined) {',
    caughtBy: simulator('lies', '--of', 'next never', '--syncs', '100'),
  },
  {
    name: 'an answer in no order is believed though it may be cut',
    file: 'reading/gap-reader.ts',
    find: 'const isCut = server.mayBeCut(answer) || (await server.hasNext(answer));',
    replace: 'const isCut = server === undefined;',
    caughtBy: simulator('lies', '--of', 'order none', '--syncs', '60'),
  },
  {
    name: 'whether bounds are kept is not tried where answers have no order',
    file: 'reading/gap-reader.ts',
    find: 'while (!this.hasTriedBounds) {',
    replace: 'while (this.hasTriedBounds) {',
    caughtBy: simulator('pairs', '--of', 'order none, endBound exclusive', '--syncs', '60'),
  },
  {
    name: 'a millisecond of which pages show a part is left out',
    file: 'reading/gap-reader.ts',
    find: "if (typeof end === 'object') {",
    replace: "if (typeof end === 'function') {",
    caughtBy: simulator('chains', '--lies', '0', '--syncs', '400'),
  },
];
