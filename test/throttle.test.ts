import {expect, test} from '@jest/globals';

import {systemClock} from '../src/clock';
import {Throttle} from '../src/http/throttle';

test('what waits for its turn is not sent after a stop', async () => {
  const throttle = new Throttle(systemClock);
  throttle.slowDown();
  let sent = 0;
  let answer = (): void => undefined;
  const first = throttle.run(
    () =>
      new Promise<void>((resolve) => {
        sent++;
        answer = resolve;
      }),
  );
  const second = throttle.run(async () => void sent++);
  throttle.stop();
  answer();
  await first;
  await expect(second).rejects.toThrow('a request had failed');
  expect(sent).toBe(1);
});
