import type {ServerResponse} from 'node:http';

import {AuditLog} from '../../sandbox/audit-log';
import {type AuditRecord, serialiseRecord} from '../../sandbox/audit-record';
import {answerRequest} from '../../sandbox/gateway';
import type {SandboxRequest} from '../../sandbox/options';
import {sendAnswer} from '../../sandbox/send-answer';
import {type Sandbox, startSandbox} from '../../sandbox/server';
import type {StreamState} from './connector';
import {type Sync, syncInProcess, VirtualClock} from './in-process';
import type {Cluster, Fault, Scenario, Step} from './scenario';

const MINUTE = 60_000;
/** What may come to pass while syncs run, beyond the waits between them. */
const SYNCING_MS = 60_000;
/** No chain of these sizes needs as many: a sync that does would go on for ever. */
const MOST_REQUESTS = 20_000;

/** A record of the log, by what is to be known of it. */
export interface Event {
  readonly record: AuditRecord;
  readonly content: string;
  readonly timeMs: number;
  readonly visibleAtMs: number;
}

/** A Confluence with a log that grows while time passes, and the machine that syncs it. */
export class World {
  private readonly clock: VirtualClock;
  private syncs = 0;
  private requests = 0;
  private step: Step = CALM;

  private constructor(
    private readonly scenario: Scenario,
    readonly events: readonly Event[],
    private readonly sandbox: Sandbox,
  ) {
    this.clock = new VirtualClock(scenario.firstSyncMs, scenario.skewMs);
    Object.assign(sandbox.options, {
      now: () => this.clock.trueMs,
      intercept: (request: SandboxRequest, response: ServerResponse) =>
        this.answer(request, response),
    });
  }

  static async create(scenario: Scenario): Promise<World> {
    const events = eventsOf(scenario);
    const {firstSyncMs} = scenario;
    const log = AuditLog.from(
      events.filter((each) => each.visibleAtMs <= firstSyncMs).map(({record}) => record),
    );
    for (const {record, visibleAtMs} of events) {
      if (visibleAtMs > firstSyncMs) {
        log.add(record, visibleAtMs);
      }
    }
    return new World(scenario, events, await startSandbox({...scenario.server, log}));
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }

  get nowMs(): number {
    return this.clock.trueMs;
  }

  get cloudId(): string {
    return this.sandbox.options.cloudId;
  }

  /** Epoch ms; undefined: no past record is fetched. */
  get backfillStartMs(): number | undefined {
    const {backfillFrom} = this.scenario;
    return backfillFrom === undefined ? undefined : placeOf(backfillFrom, this.scenario);
  }

  /** Lets time pass until all has happened and come to light, and is older than any clock's grain. */
  rest(): void {
    const latest = this.events.map(({timeMs, visibleAtMs}) => Math.max(timeMs, visibleAtMs));
    this.clock.trueMs = Math.max(this.clock.trueMs, ...latest) + 2000;
  }

  async sync(step: Step, state: StreamState | undefined): Promise<Sync> {
    this.step = step;
    this.requests = 0;
    this.clock.trueMs += step.waitMs;
    // A process of its own: what an earlier one, dead by now, still asks for is refused.
    this.sandbox.options.token = `token-of-sync-${++this.syncs}`;
    const startMs = this.backfillStartMs;
    const settings = {
      ...this.sandbox.settings(
        startMs === undefined ? {} : {backfill_start_time: new Date(startMs).toISOString()},
      ),
      lookback_minutes: step.lookbackMinutes,
    };
    return syncInProcess({settings, state, clock: this.clock, crashAfter: step.crashAfter});
  }

  /** Time passes on the way; the log is looked at in between; the Date is that of the answer. */
  private answer(request: SandboxRequest, response: ServerResponse): boolean | Promise<boolean> {
    const {options} = this.sandbox;
    const credentials = Buffer.from(`${options.email}:${options.token}`).toString('base64');
    if (request.headers.authorization !== `Basic ${credentials}`) {
      return false;
    }
    const number = ++this.requests;
    if (number > MOST_REQUESTS) {
      throw new Error(`more than ${MOST_REQUESTS} requests`);
    }
    this.clock.trueMs += this.step.requestMs;
    const query = new URLSearchParams(request.params as Record<string, string>);
    const answer = answerRequest(request, query, options);
    this.clock.trueMs += this.step.answerMs;
    if (options.dateHeader) {
      response.setHeader(
        'Date',
        new Date(this.clock.trueMs - this.step.dateBehindMs).toUTCString(),
      );
    }
    const faulty = this.step.faults.find(
      ({from, count}) => number >= from && number < from + count,
    );
    if (faulty) {
      FAULTS[faulty.fault](response, Buffer.concat(answer.body), this.clock.trueMs);
      return true;
    }
    return sendAnswer(response, answer, request.headers, options.gzip).then(() => true);
  }
}

/** A sync to which nothing happens. */
export const CALM: Step = {
  waitMs: 0,
  lookbackMinutes: 60,
  requestMs: 0,
  answerMs: 0,
  dateBehindMs: 0,
  crashAfter: undefined,
  faults: [],
};

const FAULTS: Readonly<
  Record<Fault, (response: ServerResponse, body: Buffer, nowMs: number) => void>
> = {
  '429 in seconds': (response) => void response.writeHead(429, {'Retry-After': '3'}).end('{}'),
  '429 at a date': (response, _body, nowMs) =>
    void response
      .writeHead(429, {'Retry-After': new Date(nowMs + 7000).toUTCString()})
      .end('{"message":"later"}'),
  '429 bare': (response) => void response.writeHead(429).end(),
  '503': (response) => void response.writeHead(503, {'Retry-After': 'soon'}).end('busy'),
  reset: (response) => void response.socket?.resetAndDestroy(),
  'connection cut': (response, body) => {
    response.writeHead(200, {'Content-Length': body.length});
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  },
  'body cut': (response, body) => void response.end(body.subarray(0, body.length / 2)),
  'HTML 502': (response) =>
    void response.writeHead(502, {'Content-Type': 'text/html'}).end('<html>Bad gateway</html>'),
  '403': (response) => void response.writeHead(403).end('{"message":"Current user not permitted"}'),
  '404': (response) => void response.writeHead(404).end('{"message":"NOT_FOUND"}'),
};

function eventsOf(scenario: Scenario): Event[] {
  const lookbackMs = MINUTE * Math.min(...scenario.steps.map((step) => step.lookbackMinutes));
  return scenario.clusters.flatMap((cluster, number) =>
    Array.from({length: cluster.count}, (_, n) => {
      const timeMs = placeOf(cluster.at, scenario) + n * cluster.gapMs;
      const record = recordOf(cluster, number, n, timeMs);
      const isLate = n % cluster.lateOneIn === 0;
      const lateByMs = isLate ? Math.floor(cluster.lateness * lookbackMs) : 0;
      const content = serialiseRecord(record);
      return {record, content, timeMs, visibleAtMs: timeMs + lateByMs};
    }),
  );
}

function placeOf(at: Cluster['at'], {firstSyncMs, spanMs, steps}: Scenario): number {
  if (typeof at === 'object') {
    const before = steps.slice(0, at.ofStep + 1);
    const lookbackMinutes = at.isLookback ? before.at(-1)!.lookbackMinutes : 0;
    const syncMs = firstSyncMs + sumOf(before.map(({waitMs}) => waitMs));
    const second = Math.floor(syncMs / 1000) * 1000;
    return second - lookbackMinutes * MINUTE + at.offsetMs;
  }
  const toComeMs = SYNCING_MS + sumOf(steps.map(({waitMs}) => waitMs));
  return firstSyncMs + Math.round(at * (at < 0 ? spanMs : toComeMs));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function recordOf(
  {areEqual}: Cluster,
  number: number,
  n: number,
  creationDate: number,
): AuditRecord {
  return {
    author: {
      type: 'user',
      displayName: `Ann ${number}`,
      operations: null,
      accountId: `a-${number}`,
    },
    remoteAddress: '10.0.0.1',
    creationDate,
    summary: areEqual ? `Event of ${number}` : `Event ${n} of ${number}`,
    description: '',
    category: 'Users and groups',
    sysAdmin: false,
    affectedObject: {name: 'Überall "1"', objectType: 'Group'},
    changedValues: [],
    associatedObjects: [],
  };
}
