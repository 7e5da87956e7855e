import type {Config} from '../config';
import type {Failure} from '../errors';
import type {Requests} from '../http/requests';
import {Retry} from '../http/retry';
import {parseHttpDate} from '../http/retry-timing';
import type {Throttle} from '../http/throttle';
import {readPage} from './answers';
import {judge} from './failures';
import type {OnDrift} from './members';
import type {AuditPage} from './page';
import {PageSize} from './page-size';
import {RecordHasher} from './record-hasher';

/** For a request that a sync can do without. */
const HINT_TIMEOUT_MS = 10_000;

/** Bounds in epoch ms; whether the server includes them is nowhere relied upon. */
export interface AuditQuery {
  readonly startDate?: number;
  readonly endDate?: number;
  readonly start?: number;
  /** The most records wanted. Fewer are asked for where pages are too heavy. */
  readonly limit: number;
}

export interface AuditAnswer {
  readonly page: AuditPage;
  /** The `limit` that was asked for. */
  readonly limit: number;
  /** The server's clock when it answered, from its `Date` header: epoch ms, cut to whole seconds. */
  readonly serverTimeMs: number | undefined;
  /** Whole ms. The page shows the log as it was at some moment in between. */
  readonly tookMs: number;
}

/** How long a site keeps its log: a whole number of 1 and more, and a unit in capitals. */
export interface Retention {
  readonly number: number;
  readonly units: string;
}

/** What the calls need from outside. */
export interface AuditApiDeps {
  readonly requests: Requests;
  readonly throttle: Throttle;
  /** Told, once at most, of what the stream's schema does not say. */
  readonly onDrift: OnDrift;
}

/** The audit endpoint of one tenant, one page a call. */
export class AuditApi {
  private readonly root: string;
  private readonly headers: Record<string, string>;
  private readonly hasher: RecordHasher;
  private readonly pageSize = new PageSize();
  /** By the monotonic clock, when a page came last; undefined before the first. */
  private answeredMs: number | undefined;

  constructor(
    config: Config,
    cloudId: string,
    private readonly deps: AuditApiDeps,
  ) {
    const credentials = Buffer.from(`${config.email}:${config.apiToken}`).toString('base64');
    this.root = `${config.apiUrl}/ex/confluence/${cloudId}/wiki/rest/api/audit`;
    this.hasher = new RecordHasher(cloudId, deps.onDrift);
    this.headers = {Accept: 'application/json', Authorization: `Basic ${credentials}`};
  }

  /**
   * One page of the audit log, tried again while that may help, and smaller where that may.
   * @throws Failure as soon as nothing helps
   */
  getPage(query: AuditQuery): Promise<AuditAnswer> {
    const {requests, throttle} = this.deps;
    const attempt = (): Promise<AuditAnswer> => throttle.run(() => this.tryPage(query));
    return requests.retrying(attempt, () => this.answeredMs ?? 0);
  }

  /** Sends nothing any more: what waits for its turn fails. */
  stop(): void {
    this.deps.throttle.stop();
  }

  /** How long the site keeps its log; undefined if this token may not ask, or the answer is odd. Never fails, never repeats. */
  async getRetention(): Promise<Retention | undefined> {
    try {
      const {requests, throttle} = this.deps;
      const {status, body} = await throttle.run(() =>
        requests.get(`${this.root}/retention`, this.headers, HINT_TIMEOUT_MS),
      );
      return status === 200 ? readRetention(body) : undefined;
    } catch {
      return undefined;
    }
  }

  private async tryPage(query: AuditQuery): Promise<AuditAnswer> {
    const limit = this.pageSize.limitFor(query.limit);
    try {
      return await this.askPage({...query, limit});
    } catch (error) {
      throw error instanceof Retry ? this.lighten(error, limit) : error;
    }
  }

  /** Asks for less from now on if an answer was too heavy. What surely is, is not asked for again as it was. */
  private lighten(retry: Retry, limit: number): Retry | Failure {
    const {isHeavy} = retry.remedy;
    if (isHeavy === undefined) {
      return retry;
    }
    const isLess = this.pageSize.wasTooHeavy(limit, isHeavy === 'by far');
    return isLess || isHeavy === 'perhaps' ? retry : retry.failure;
  }

  private async askPage(query: AuditQuery): Promise<AuditAnswer> {
    const {requests, throttle} = this.deps;
    const {clock} = requests;
    const startedMs = clock.monotonicMs();
    const answer = await requests.get(`${this.root}?${toSearch(query)}`, this.headers);
    const {status, headers, body} = answer;
    const tookMs = Math.ceil(clock.monotonicMs() - startedMs);
    if (status !== 200) {
      const verdict = judge(answer, this.answeredMs !== undefined, clock.now());
      if (verdict instanceof Retry && verdict.remedy.isToldToWait) {
        throttle.slowDown(verdict.remedy.waitMs);
      }
      throw verdict;
    }
    const page = readPage(answer, this.hasher);
    this.answeredMs = clock.monotonicMs();
    this.pageSize.wentWell(query.limit, page.records.length, body.length);
    if (headers['x-ratelimit-nearlimit'] === 'true') {
      throttle.slowDown();
    } else {
      throttle.speedUp();
    }
    return {page, limit: query.limit, serverTimeMs: parseHttpDate(headers.date), tookMs};
  }
}

/** undefined if it is none that can be. @throws SyntaxError */
function readRetention(body: Buffer): Retention | undefined {
  const {number, units} = JSON.parse(body.toString('utf8')) as {number: unknown; units: unknown};
  return Number.isSafeInteger(number) && Number(number) > 0 && typeof units === 'string'
    ? {number: Number(number), units}
    : undefined;
}

function toSearch(query: AuditQuery): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
