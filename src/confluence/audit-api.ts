import type {Clock} from '../clock';
import type {Config} from '../config';
import {Failure} from '../errors';
import {NetworkError, type HttpAnswer, type HttpClient} from '../http/client';
import {Retry, type RetryPolicy, type Wait, withRetries} from '../http/retry';
import {parseHttpDate, requestedWaitMs} from '../http/retry-timing';
import type {Throttle} from '../http/throttle';
import {unreachable} from '../http/unreachable';
import {JsonCutOff, JsonFault} from '../json-tokens';
import {type AuditPage, parseAuditPage} from './audit-page';
import {NotAnAuditLog} from './not-an-audit-log';
import {RecordHasher} from './record-id';
import {refuse, unexpected} from './failures';

/** For a request that a sync can do without. */
const HINT_TIMEOUT_MS = 10_000;

/** Bounds in epoch ms; whether the server includes them is nowhere relied upon. */
export interface AuditQuery {
  readonly startDate?: number;
  readonly endDate?: number;
  readonly start?: number;
  readonly limit: number;
}

export interface AuditAnswer {
  readonly page: AuditPage;
  /** The server's clock when it answered, from its `Date` header: epoch ms, cut to whole seconds. */
  readonly serverTimeMs: number | undefined;
  /** By the local clock, ms. The page shows the log as it was at some moment in between. */
  readonly tookMs: number;
}

export interface Retention {
  readonly number: number;
  readonly units: string;
}

/** What the calls need from outside. */
export interface AuditApiParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly throttle: Throttle;
  readonly policy: RetryPolicy;
  readonly timeoutMs: number;
  readonly observer: {onWait(wait: Wait): void};
}

/** The audit endpoint of one tenant, one page a call. */
export class AuditApi {
  private readonly root: string;
  private readonly headers: Record<string, string>;
  private readonly hasher: RecordHasher;
  private isWarm = false;

  constructor(
    config: Config,
    cloudId: string,
    private readonly parts: AuditApiParts,
  ) {
    const credentials = Buffer.from(`${config.email}:${config.apiToken}`).toString('base64');
    this.root = `${config.apiUrl}/ex/confluence/${cloudId}/wiki/rest/api/audit`;
    this.hasher = new RecordHasher(cloudId);
    this.headers = {Accept: 'application/json', Authorization: `Basic ${credentials}`};
  }

  /**
   * One page of the audit log, tried again while that may help.
   * @throws Failure as soon as nothing helps
   */
  getPage(query: AuditQuery): Promise<AuditAnswer> {
    const {clock, policy, observer, throttle} = this.parts;
    const url = `${this.root}?${toSearch(query)}`;
    const attempt = (): Promise<AuditAnswer> => throttle.run(() => this.tryPage(url));
    return withRetries(attempt, policy, clock, (wait) => observer.onWait(wait));
  }

  /** How long the site keeps its log; undefined if this token may not ask. Never fails, never repeats. */
  async getRetention(): Promise<Retention | undefined> {
    try {
      const url = `${this.root}/retention`;
      const {status, body} = await this.parts.throttle.run(() => this.send(url, HINT_TIMEOUT_MS));
      const retention =
        status === 200 ? (JSON.parse(body.toString('utf8')) as Retention) : undefined;
      return typeof retention?.number === 'number' ? retention : undefined;
    } catch {
      return undefined;
    }
  }

  private async tryPage(url: string): Promise<AuditAnswer> {
    const {clock, throttle} = this.parts;
    const startedMs = clock.now();
    const answer = await this.send(url);
    const tookMs = Math.max(0, clock.now() - startedMs);
    if (answer.status === 429) {
      throttle.slowDown(requestedWaitMs(answer.headers, clock.now()));
    }
    if (answer.status !== 200) {
      refuse(answer, this.isWarm, clock.now());
    }
    const page = readPage(answer, this.hasher);
    this.isWarm = true;
    if (answer.headers['x-ratelimit-nearlimit'] === 'true') {
      throttle.slowDown();
    } else {
      throttle.speedUp();
    }
    return {page, serverTimeMs: parseHttpDate(answer.headers.date), tookMs};
  }

  private async send(url: string, timeoutMs = this.parts.timeoutMs): Promise<HttpAnswer> {
    try {
      return await this.parts.http.get(url, this.headers, timeoutMs);
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

function readPage(answer: HttpAnswer, hasher: RecordHasher): AuditPage {
  try {
    return parseAuditPage(answer.body, hasher, () => answer.release());
  } catch (error) {
    if (error instanceof JsonCutOff && looksLikeJson(answer)) {
      throw new Retry(
        new Failure(
          'unavailable',
          'The answer was cut off. If that goes on, look at firewalls and proxies on the way.',
          {detail: error.message},
        ),
      );
    }
    if (error instanceof NotAnAuditLog) {
      throw unexpected(answer, error.message);
    }
    if (error instanceof JsonFault || error instanceof JsonCutOff) {
      throw unexpected(answer, `the answer is not JSON: ${error.message}`);
    }
    throw error;
  }
}

/** An empty body is no audit log that was cut off, but no audit log. */
function looksLikeJson({body}: HttpAnswer): boolean {
  return body.toString('latin1', 0, 64).trimStart().startsWith('{');
}
