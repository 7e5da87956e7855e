import {type Clock, formatTime} from '../clock';
import {Failure, Retry} from '../errors';
import {type HttpAnswer, type HttpClient, MOST_SILENCES} from './client';
import {backoffMs, jitterMs, MAX_WAIT_MS} from './retry-timing';
import {NetworkError, unreachable} from './unreachable';

/** How patient a command is. */
export interface Patience {
  readonly maxTries: number;
  /** After this nothing is tried or waited for any more. */
  readonly withinMs: number;
  /** How long nothing may come of an answer. */
  readonly timeoutMs: number;
}

/** What the requests of a command need from outside. */
export interface RequestDeps {
  readonly clock: Clock;
  readonly log: {debug(message: string): void; warn(message: string): void};
  /** Told of waits for the rate limit, until when (epoch ms). */
  readonly onLimit: (untilMs: number) => void;
}

/** How the tries of one request have gone: all of them, those that count as failed, and those of `delaysMs`. */
interface Course {
  readonly startedMs: number;
  tries: number;
  failed: number;
  delayed: number;
}

/** The requests of one command: each is told of, and none outlives the command's patience. */
export class Requests {
  readonly clock: Clock;
  /** By the monotonic clock: when the server last answered well, as whoever asks it has found; undefined before. */
  answeredMs: number | undefined;
  private readonly deadlineMs: number;

  constructor(
    private readonly http: HttpClient,
    private readonly patience: Patience,
    private readonly deps: RequestDeps,
  ) {
    this.clock = deps.clock;
    this.deadlineMs = this.clock.monotonicMs() + patience.withinMs;
  }

  /**
   * One GET. The deadline holds even if the answer goes on a little at a time.
   * @throws Retry or Failure if no whole answer comes
   */
  async get(
    url: string,
    headers: Record<string, string>,
    timeoutMs = this.patience.timeoutMs,
  ): Promise<HttpAnswer> {
    const {host, pathname, search} = new URL(url);
    const startedMs = this.clock.monotonicMs();
    const leftMs = Math.max(1, this.deadlineMs - startedMs);
    let how = 'failed';
    let trace = '';
    try {
      const answer = await this.http.get(url, headers, Math.min(timeoutMs, leftMs / MOST_SILENCES));
      how = String(answer.status);
      // By which Atlassian finds the request again.
      const id = answer.headers['atl-traceid'] ?? answer.headers['x-trace-id'];
      trace = id === undefined ? '' : `, trace id ${String(id)}`;
      return answer;
    } catch (error) {
      if (error instanceof NetworkError) {
        how = error.code;
        throw unreachable(error, host);
      }
      throw error;
    } finally {
      const ms = Math.round(this.clock.monotonicMs() - startedMs);
      this.deps.log.debug(`GET ${pathname}${search}: ${how} in ${ms} ms${trace}`);
    }
  }

  /**
   * Calls `attempt` until it returns, or throws anything but Retry.
   * @throws Failure the last attempt's, with what was tried
   */
  async retrying<T>(attempt: () => Promise<T>): Promise<T> {
    const {clock, onLimit, log} = this.deps;
    const course: Course = {startedMs: clock.monotonicMs(), tries: 0, failed: 0, delayed: 0};
    for (;;) {
      try {
        course.tries++;
        return await attempt();
      } catch (thrown) {
        if (!(thrown instanceof Retry)) {
          throw thrown;
        }
        const ms = this.planWait(thrown, course);
        const untilMs = Math.ceil(clock.now() + ms);
        if (thrown.remedy.isRateLimited) {
          onLimit(untilMs);
        }
        const until = formatTime(untilMs);
        log.warn(`${thrown.message} Try ${course.tries} failed; the next one is at ${until}.`);
        await clock.sleep(ms);
      }
    }
  }

  /** The wait before the next try. @throws Failure if there is none */
  private planWait({failure, remedy}: Retry, course: Course): number {
    const {waitMs = 0, delaysMs, isToldToWait} = remedy;
    const {clock, patience, answeredMs = 0, deadlineMs} = this;
    const nowMs = clock.monotonicMs();
    course.failed += isToldToWait || delaysMs ? 0 : 1;
    const giveUp = (why = ''): Failure => {
      const seconds = Math.round((nowMs - course.startedMs) / 1000);
      const times = course.tries === 1 ? 'once' : `${course.tries} times within ${seconds} s`;
      const message = `${failure.message} Tried ${times}${why}.`;
      return new Failure(failure.kind, message, {cause: failure, detail: failure.detail});
    };
    const unheardMs = nowMs - Math.max(course.startedMs, answeredMs);
    const isEnough = isToldToWait ? unheardMs >= MAX_WAIT_MS : course.failed >= patience.maxTries;
    if (delaysMs ? course.delayed >= delaysMs.length : isEnough) {
      throw giveUp();
    }
    if (waitMs > MAX_WAIT_MS) {
      const minutes = Math.round(waitMs / 60_000);
      throw giveUp(
        `; the server asks to come back in ${minutes} minutes, and 15 are the most this connector waits`,
      );
    }
    const usualMs = Math.max(
      backoffMs(course.tries, clock.random()),
      jitterMs(waitMs, clock.random()),
    );
    const ms = delaysMs?.[course.delayed++] ?? usualMs;
    if (nowMs + ms > deadlineMs) {
      throw giveUp('; there is no time for another try');
    }
    return ms;
  }
}
