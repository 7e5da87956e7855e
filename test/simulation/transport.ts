import type {HttpAnswer, HttpClient} from '../../src/http/client';
import {NetworkError} from '../../src/http/unreachable';
import type {Random} from '../../sandbox/random';
import type {AuditServer} from './audit-server';
import type {Happening} from './happening';
import type {SimulatedTime} from './time';

/** A sync that asks for more would go on for ever. */
const MOST_REQUESTS = 2000;
const MOST_IN_FLIGHT = 4;
/** Once told that it is too much, a client asks one by one for at least so many answers. */
const HUMBLE_ANSWERS = 20;
const TOLD_TO_WAIT_MS = 3000;

export const FAULTS = [
  '429 in seconds',
  '429 at a date',
  '429 bare',
  'near the limit',
  '503',
  'HTML 502',
  'reset',
  'cut',
  'empty',
  'silence',
  '403',
  '404',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What happens to `count` requests, from request number `from` (1, 2, …) on. */
export interface FaultyRequests {
  readonly from: number;
  readonly count: number;
  readonly fault: Fault;
}

/** The circumstances under which one sync asks. */
export interface Conditions {
  /** How long a request is on its way, and how long its answer: any time up to this. */
  readonly requestMs: number;
  readonly answerMs: number;
  readonly faults: readonly FaultyRequests[];
  /** How far the `Date` header is off, from request number `from` on for `count` answers; undefined: there is none. */
  readonly date:
    | {readonly offMs: number; readonly from: number; readonly count: number}
    | undefined;
  /** What the replica that answers has not got yet. */
  readonly lacks: (happening: Happening) => boolean;
}

/** A request for audit records, and what came of it. */
export interface Access {
  /** True time at which the answer was made, epoch ms. */
  readonly atMs: number;
  readonly query: string;
  /** 0: no whole answer. */
  readonly status: number;
  /** The records that it showed, as they were sent. */
  readonly shown: readonly string[];
}

/** HTTP to a simulated Confluence during one sync: takes time, may fail, and watches over manners. */
export class Transport implements HttpClient {
  readonly accesses: Access[] = [];
  /** What a polite client does not do. */
  readonly rudeness: string[] = [];
  private asked = 0;
  private inFlight = 0;
  private closedUntilMs = 0;
  private humbleAnswers = 0;

  constructor(
    private readonly server: AuditServer,
    private readonly rows: readonly Happening[],
    private readonly time: SimulatedTime,
    private readonly conditions: Conditions,
    private readonly random: Random,
  ) {}

  get requests(): number {
    return this.asked;
  }

  get(url: string, _headers: Record<string, string>, timeoutMs: number): Promise<HttpAnswer> {
    const {pathname, searchParams} = new URL(url);
    if (!pathname.endsWith('/wiki/rest/api/audit')) {
      return Promise.resolve(answerOf(403, '{"message":"not for this token"}', {}));
    }
    const number = ++this.asked;
    if (number > MOST_REQUESTS) {
      return new Promise(() => undefined);
    }
    this.watch();
    this.inFlight++;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (settle: () => void): void => {
        if (!isOver) {
          isOver = true;
          this.inFlight--;
          settle();
        }
      };
      const {requestMs, answerMs} = this.conditions;
      this.time.after(this.random.integer(0, requestMs), () => {
        const answer = this.respond(number, searchParams);
        this.time.after(this.random.integer(0, answerMs), () => {
          const delivered = answer();
          if (delivered !== 'silence') {
            end(() => (delivered instanceof Error ? reject(delivered) : resolve(delivered)));
          }
        });
      });
      this.time.after(timeoutMs, () =>
        end(() => reject(new NetworkError('ETIMEDOUT', `no whole answer within ${timeoutMs} ms`))),
      );
    });
  }

  private watch(): void {
    if (this.inFlight >= MOST_IN_FLIGHT) {
      this.rudeness.push(`more than ${MOST_IN_FLIGHT} requests in flight`);
    }
    if (this.time.nowMs < this.closedUntilMs) {
      this.rudeness.push('asked before the time that a 429 named');
    }
    if (this.humbleAnswers > 0 && this.inFlight > 0) {
      this.rudeness.push(
        'more than one request in flight after the server had said it is too much',
      );
    }
  }

  /**
   * Looks at the log now; what comes of it is made when the answer has arrived.
   * @param number which request of its sync it is: 1, 2, …
   */
  respond(number: number, query: URLSearchParams): () => HttpAnswer | Error | 'silence' {
    const {faults, lacks} = this.conditions;
    const {nowMs} = this.time;
    const rows = this.rows.filter((row) => row.visibleAtMs <= nowMs && !lacks(row));
    const {body, shown} = this.server.answer(query, rows);
    const fault = faults.find(({from, count}) => number >= from && number < from + count)?.fault;
    return () => {
      const delivered =
        fault === undefined
          ? answerOf(200, body, this.date(number))
          : this.spoil(fault, body, this.date(number));
      const status = delivered instanceof Error || delivered === 'silence' ? 0 : delivered.status;
      const isWhole = fault === undefined || fault === 'near the limit';
      this.accesses.push({
        atMs: nowMs,
        query: query.toString(),
        status: isWhole ? status : status === 200 ? 0 : status,
        shown: isWhole ? shown : [],
      });
      this.humbleAnswers -= status === 200 ? 1 : 0;
      if (fault?.startsWith('429') || fault === 'near the limit') {
        this.humbleAnswers = HUMBLE_ANSWERS;
      }
      return delivered;
    };
  }

  private date(number: number): Record<string, string> {
    const {date} = this.conditions;
    if (!date) {
      return {};
    }
    const isOff = number >= date.from && number < date.from + date.count;
    return {date: new Date(this.time.nowMs + (isOff ? date.offMs : 0)).toUTCString()};
  }

  private spoil(
    fault: Fault,
    body: string,
    headers: Record<string, string>,
  ): HttpAnswer | Error | 'silence' {
    switch (fault) {
      case '429 in seconds':
        this.closedUntilMs = this.time.nowMs + TOLD_TO_WAIT_MS;
        return answerOf(429, '{}', {...headers, 'retry-after': String(TOLD_TO_WAIT_MS / 1000)});
      case '429 at a date': {
        const there = Date.parse(headers['date'] ?? '') || this.time.nowMs;
        return answerOf(429, '{"message":"later"}', {
          ...headers,
          'retry-after': new Date(there + 7000).toUTCString(),
        });
      }
      case '429 bare':
        return answerOf(429, '', headers);
      case 'near the limit':
        return answerOf(200, body, {...headers, 'x-ratelimit-nearlimit': 'true'});
      case '503':
        return answerOf(503, 'busy', {...headers, 'retry-after': 'soon'});
      case 'HTML 502':
        return answerOf(502, '<html>Bad gateway</html>', {'content-type': 'text/html'});
      case 'reset':
        return new NetworkError('ECONNRESET', 'socket hang up');
      case 'cut':
        return answerOf(200, body.slice(0, body.length / 2), headers);
      case 'empty':
        return answerOf(200, '', headers);
      case 'silence':
        return 'silence';
      case '403':
        return answerOf(403, '{"message":"Current user not permitted to use Confluence"}', headers);
      case '404':
        return answerOf(404, '{"message":"NOT_FOUND"}', headers);
    }
  }
}

function answerOf(status: number, body: string, headers: Record<string, string>): HttpAnswer {
  return {
    status,
    headers: {'content-type': 'application/json', ...headers},
    body: Buffer.from(body),
  };
}
