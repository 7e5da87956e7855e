import {type Fault, simulator, testOf} from '../fault';

/** Requests, waits and failures. */
export const REQUESTS: readonly Fault[] = [
  {
    name: 'the wait that a 429 names is not shared with the other requests',
    file: 'confluence/audit-api.ts',
    find: 'throttle.slowDown(verdict.remedy.waitMs);',
    replace: 'throttle.slowDown();',
    caughtBy: simulator('chains', '--lies', '0', '--syncs', '400'),
  },
  {
    name: 'a 429 does not slow the other requests down',
    file: 'confluence/audit-api.ts',
    find: 'throttle.slowDown(verdict.remedy.waitMs);',
    replace: '',
    caughtBy: simulator('chains', '--lies', '0', '--syncs', '400'),
  },
  {
    name: '`X-RateLimit-NearLimit` is ignored',
    file: 'confluence/audit-api.ts',
    find: "headers['x-ratelimit-nearlimit'] === 'true'",
    replace: "headers['x-ratelimit-nearlimit'] === ''",
    caughtBy: testOf('retries', 'X-RateLimit-NearLimit slows a sync down to one request at a time'),
  },
  {
    name: 'eight requests are in flight',
    file: 'http/throttle.ts',
    find: 'MOST_IN_FLIGHT = 4;',
    replace: 'MOST_IN_FLIGHT = 8;',
    caughtBy: testOf('retries', '429 slows a sync down to one request at a time'),
  },
  {
    name: 'a request is tried twelve times',
    file: 'http/retry.ts',
    find: 'course.failed >= policy.maxTries',
    replace: 'course.failed >= policy.maxTries + 4',
    caughtBy: testOf('failures', 'what may pass is tried eight times 500'),
  },
  {
    name: '`Retry-After` may lower a wait',
    file: 'http/retry.ts',
    find: 'const ms = Math.max(backoffMs(course.tries, clock.random()), askedMs);',
    replace:
      'const ms = requestedMs === undefined ? backoffMs(course.tries, clock.random()) : askedMs;',
    caughtBy: testOf('retries', 'comes back in time'),
  },
  {
    name: 'any wait that is asked for is waited (Google SecOps)',
    file: 'http/retry.ts',
    find: 'requestedMs !== undefined && requestedMs > MAX_WAIT_MS',
    replace: 'requestedMs !== undefined && requestedMs < 0',
    caughtBy: testOf('retries', 'is not waited for'),
  },
  {
    name: 'being told to wait is a failed try',
    file: 'http/retry.ts',
    find: 'if (!isToldToWait) {',
    replace: 'if (course) {',
    caughtBy: testOf('retries', 'uses up no try'),
  },
  {
    name: 'a reset that is cut to the minute is believed to the second',
    file: 'http/retry-timing.ts',
    find: 'parsed + MINUTE_MS',
    replace: 'parsed',
    caughtBy: testOf('retries', 'X-RateLimit-Reset, cut to the minute: comes back in time'),
  },
  {
    name: 'dates of a server are taken against the clock of this machine',
    file: 'http/retry-timing.ts',
    find: 'parseHttpDate(headers.date) ?? localNowMs',
    replace: 'localNowMs',
    caughtBy: testOf('retries', 'a date of a server whose clock is ahead: comes back in time'),
  },
  {
    name: 'a passing 403 amid good answers fails the sync',
    file: 'confluence/failures.ts',
    find: 'delaysMs: [5_000, 25_000]',
    replace: 'delaysMs: []',
    caughtBy: testOf('retries', 'survives two passing'),
  },
  {
    name: 'a 403 of something in front of Confluence is called a matter of settings',
    file: 'confluence/failures.ts',
    find: '(!refusal.isSpoken || refusal.isByEdge || refusal.waitMs !== undefined)',
    replace: 'refusal.text === "-"',
    caughtBy: testOf('failures', 'what may pass is tried eight times 403 with'),
  },
  {
    name: 'what is too heavy for the server is asked for again as it was',
    file: 'confluence/audit-api.ts',
    find: "this.pageSize.wasTooHeavy(limit, isHeavy === 'by far')",
    replace: 'limit > 0',
    caughtBy: testOf('heavy-answers', 'all comes in smaller pages'),
  },
  {
    name: 'a request that waits for its turn is sent though all were stopped',
    file: 'http/throttle.ts',
    find: 'if (this.isStopped) {',
    replace: 'if (this.isStopped === undefined) {',
    caughtBy: testOf('throttle', 'what waits for its turn is not sent after a stop'),
  },
];
