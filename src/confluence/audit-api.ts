import type {Config} from '../config';
import {Retry} from '../errors';
import type {HttpAnswer} from '../http/client';
import type {Requests} from '../http/requests';
import {parseHttpDate} from '../http/retry-timing';
import {Throttle} from '../http/throttle';
import {oneLine} from '../words';
import {readPage} from './answers';
import {judge} from './failures';
import {type AuditPage, PageReader} from './page';
import {PageSize} from './page-size';
import type {Drift} from './shape';

/** For a request that a sync can do without. */
const HINT_TIMEOUT_MS = 10_000;
/** The name of a field comes from outside: it may be of any length. */
const LONGEST_PATH = 100;

/**
 * An offset beyond those that a server takes is refused, and shows nothing then: `content` takes 100,000
 * (brekkylab/backlot#217).
 */
const NOTHING = Buffer.from('{"results":[]}');

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

/** An answer that is not read yet. */
interface RawAnswer extends Pick<AuditAnswer, 'limit' | 'tookMs'> {
  readonly answer: HttpAnswer;
}

/** How long a site keeps its log: a whole number of 1 and more, and a unit in capitals. */
export interface Retention {
  readonly number: number;
  readonly units: string;
}

/** `1 year`, `6 months`. */
export function formatRetention({number, units}: Retention): string {
  const unit = units.toLowerCase();
  return `${number} ${number === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** The audit endpoint of one tenant, one page a call. */
export class AuditApi {
  private readonly root: string;
  private readonly headers: Record<string, string>;
  private readonly reader: PageReader;
  private readonly pageSize = new PageSize();
  private readonly throttle: Throttle;

  /** @param log warned, once at most, of what the stream's schema does not say */
  constructor(
    config: Config,
    readonly cloudId: string,
    private readonly requests: Requests,
    log: {warn(message: string): void},
  ) {
    const credentials = Buffer.from(`${config.email}:${config.apiToken}`).toString('base64');
    this.root = `${config.apiUrl}/ex/confluence/${cloudId}/wiki/rest/api/audit`;
    this.headers = {Accept: 'application/json', Authorization: `Basic ${credentials}`};
    this.reader = new PageReader(cloudId, (drift) => log.warn(describeDrift(drift)));
    this.throttle = new Throttle(requests.clock);
  }

  /**
   * One page of the audit log, tried again while that may help, and smaller where that may.
   * @throws Failure as soon as nothing helps
   */
  getPage(query: AuditQuery): Promise<AuditAnswer> {
    return this.requests.retrying(() => this.tryPage(query));
  }

  /** Sends nothing any more: what waits for its turn fails. */
  stop(): void {
    this.throttle.stop();
  }

  /** How long the site keeps its log; undefined if this token may not ask, or the answer is odd. Never fails, never repeats. */
  async getRetention(): Promise<Retention | undefined> {
    try {
      const url = `${this.root}/retention`;
      const {status, body} = await this.throttle.run(() =>
        this.requests.get(url, this.headers, HINT_TIMEOUT_MS),
      );
      const {number, units} = JSON.parse(body.toString('utf8')) as Partial<Retention>;
      const isUsable = status === 200 && Number.isSafeInteger(number) && typeof units === 'string';
      return isUsable && number! > 0 ? {number: number!, units} : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws Retry or Failure */
  private async tryPage(query: AuditQuery): Promise<AuditAnswer> {
    const {requests, throttle} = this;
    const {answer, limit, tookMs} = await throttle.run(() => this.askLess(query));
    // To read an answer takes some ms: the next request is to be on its way by then.
    await requests.clock.nextTurn();
    const page = readPage(answer, this.reader);
    requests.answeredMs = requests.clock.monotonicMs();
    this.pageSize.wentWell(limit, page.records.length, answer.body.length);
    return {page, limit, serverTimeMs: parseHttpDate(answer.headers.date), tookMs};
  }

  /** After an answer that was too heavy, less is asked for from then on. @throws Retry or Failure */
  private async askLess(query: AuditQuery): Promise<RawAnswer> {
    const limit = this.pageSize.limitFor(query.limit);
    try {
      return await this.ask({...query, limit});
    } catch (error) {
      const isHeavy = error instanceof Retry ? error.remedy.isHeavy : undefined;
      if (isHeavy === undefined) {
        throw error;
      }
      const isLess = this.pageSize.wasTooHeavy(limit, isHeavy === 'by far');
      // What surely is too heavy is not asked for again as it was.
      throw isLess || isHeavy === 'perhaps' ? error : (error as Retry).failure;
    }
  }

  private async ask(query: AuditQuery): Promise<RawAnswer> {
    const {requests, throttle} = this;
    const {clock} = requests;
    const startedMs = clock.monotonicMs();
    const search = Object.entries(query).map(([name, value]) => `${name}=${value}`);
    const answer = await requests.get(`${this.root}?${search.join('&')}`, this.headers);
    const tookMs = Math.ceil(clock.monotonicMs() - startedMs);
    if (answer.status === 400 && (query.start ?? 0) > 0 && requests.answeredMs !== undefined) {
      return {answer: {...answer, body: NOTHING}, limit: query.limit, tookMs};
    }
    if (answer.status !== 200) {
      const verdict = judge(answer, requests.answeredMs !== undefined, clock.now());
      if (verdict instanceof Retry && verdict.remedy.isToldToWait) {
        throttle.slowDown(verdict.remedy.waitMs);
      }
      throw verdict;
    }
    if (answer.headers['x-ratelimit-nearlimit'] === 'true') {
      throttle.slowDown();
    } else {
      throttle.speedUp();
    }
    return {answer, limit: query.limit, tookMs};
  }
}

const DRIFTS: Readonly<Record<Drift['what'], string>> = {
  unknown: 'a field that the schema of this version does not know',
  'other type': 'a value of another type than the schema of this version says',
  ours: "a field by the name of one of this connector's, which takes its place",
};

function describeDrift({path, what}: Drift): string {
  return `Records have ${DRIFTS[what]}: \`${oneLine(path, LONGEST_PATH)}\`. What it holds may not reach the destination's tables: look for a newer version of this connector, or report it.`;
}
