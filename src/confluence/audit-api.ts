import type {Clock} from '../clock';
import type {Config} from '../config';
import type {Failure} from '../errors';
import {type HttpAnswer, type HttpClient, NetworkError} from '../http/client';
import {Retry, type RetryPolicy, type Wait, withRetries} from '../http/retry';
import {parseHttpDate} from '../http/retry-timing';
import type {Throttle} from '../http/throttle';
import {unreachable} from '../http/unreachable';
import {judge} from './failures';
import type {AuditPage} from './page';
import {PageSize} from './page-size';
import {readPage, readRetention, type Retention} from './read-answer';
import {type Drift, RecordHasher} from './record-id';

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

/** What the calls need from outside. */
export interface AuditApiDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly throttle: Throttle;
  readonly policy: RetryPolicy;
  readonly timeoutMs: number;
  readonly observer: {onWait(wait: Wait): void; onDrift(drift: Drift): void};
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
    this.hasher = new RecordHasher(cloudId, (drift) => deps.observer.onDrift(drift));
    this.headers = {Accept: 'application/json', Authorization: `Basic ${credentials}`};
  }

  /**
   * One page of the audit log, tried again while that may help, and smaller where that may.
   * @throws Failure as soon as nothing helps
   */
  getPage(query: AuditQuery): Promise<AuditAnswer> {
    const {clock, policy, observer, throttle} = this.deps;
    return withRetries(() => throttle.run(() => this.tryPage(query)), {
      policy,
      clock,
      onWait: (wait) => observer.onWait(wait),
      answeredMs: () => this.answeredMs ?? 0,
    });
  }

  /** How long the site keeps its log; undefined if this token may not ask, or the answer is odd. Never fails, never repeats. */
  async getRetention(): Promise<Retention | undefined> {
    try {
      const url = `${this.root}/retention`;
      const {status, body} = await this.deps.throttle.run(() => this.send(url, HINT_TIMEOUT_MS));
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
    const {clock, throttle} = this.deps;
    const startedMs = clock.monotonicMs();
    const answer = await this.send(`${this.root}?${toSearch(query)}`);
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

  private async send(url: string, timeoutMs = this.deps.timeoutMs): Promise<HttpAnswer> {
    try {
      return await this.deps.http.get(url, this.headers, timeoutMs);
    } catch (error) {
      throw error instanceof NetworkError ? unreachable(error, new URL(url).host) : error;
    }
  }
}

function toSearch(query: AuditQuery): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
