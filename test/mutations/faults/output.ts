import {type Fault, testOf} from '../fault';

/** What goes to Airbyte. */
export const OUTPUT: readonly Fault[] = [
  {
    name: 'a stdout that takes nothing for now (EAGAIN) is taken for one that is closed',
    file: 'airbyte/output.ts',
    find: "=== 'EAGAIN'",
    replace: "=== 'EAGAIN '",
    caughtBy: testOf('process', 'stdout that was set to be non-blocking'),
  },
  {
    name: 'secrets in records are not masked',
    file: 'airbyte/output.ts',
    find: 'this.mask?.bytes(message) ?? message',
    replace: 'message',
    caughtBy: testOf('secrets', 'in records: they come, masked'),
  },
  {
    name: 'a stdout that takes a part of a line has taken it all',
    file: 'airbyte/output.ts',
    find: 'if (written < lines.length) {',
    replace: 'if (written < 0) {',
    caughtBy: testOf('process', 'stdout that was set to be non-blocking'),
  },
  {
    name: 'a rate limit that has ended is told again',
    file: 'source.ts',
    find: 'untilMs > this.deps.clock.now()',
    replace: 'untilMs > 0',
    caughtBy: testOf('progress', 'a wait that is over is told no more'),
  },
  {
    name: 'a read that fails exits with 0',
    file: 'airbyte/runner.ts',
    find: 'process.exitCode = 1;',
    replace: 'process.exitCode = 0;',
    caughtBy: testOf('protocol', 'failure in the middle'),
  },
  {
    name: 'a stream that failed is not told to be INCOMPLETE',
    file: 'airbyte/runner.ts',
    find: "output.write(streamStatus(stream, 'INCOMPLETE'));",
    replace: '',
    caughtBy: testOf('protocol', 'failure in the middle'),
  },
  {
    name: 'a sync that fails writes no STATE for what is complete',
    file: 'stream/read.ts',
    find: 'if (hasPassed) {',
    replace: 'if (hasPassed && !report) {',
    caughtBy: testOf('retries', 'fails before a checkpoint is due: a STATE comes all the same'),
  },
  {
    name: 'a sync with nothing new writes no STATE',
    file: 'stream/read.ts',
    find: '    yield checkpoint();\n    report.conclude(cursor);',
    replace: '    if (sinceCheckpoint > 0) yield checkpoint();\n    report.conclude(cursor);',
    caughtBy: testOf('protocol', 'nothing new: a STATE all the same'),
  },
  {
    name: 'characters that were replaced are counted in records that are not emitted, too',
    file: 'stream/read.ts',
    find: 'cursor.pass(part.window);',
    replace:
      'cursor.pass(part.window);\npart.records.forEach((each) => (report.replaced += each.replaced));',
    caughtBy: testOf('odd-answers', 'replaced, and counted once, however often it is shown'),
  },
];
