import {expect, test} from '@jest/globals';

import {generateLog} from '../sandbox/generate';
import {startSandbox} from '../sandbox/server';
import {read} from './support/connector';

test('reads a log', async () => {
  const to = Date.now();
  const log = generateLog({seed: 1, count: 3000, from: to - 30 * 86_400_000, to, shape: 'office'});
  const sandbox = await startSandbox({log, now: () => to});
  const run = await read({
    config: sandbox.settings({backfill_start_time: new Date(to - 40 * 86_400_000).toISOString()}),
  });
  expect(run).toMatchObject({code: 0, stderr: ''});
  expect(run.records).toHaveLength(3000);
  await sandbox.close();
});
