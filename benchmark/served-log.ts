import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import type {ConnectorSettings} from '../sandbox/server';
import type {Service} from './bench-plan';
import type {LogPlan} from './log-plan';
import type {Order, Serving, Traffic} from './log-server';
import {BENCH_PROGRAM} from './repository';

/** A log that another process serves, and the count of what is asked of it. */
export class ServedLog {
  private constructor(
    readonly plan: LogPlan,
    readonly settings: ConnectorSettings,
    private readonly server: ChildProcess,
  ) {}

  /** Makes the log and resolves when it is served. @throws if the server ends before that */
  static async start(plan: LogPlan): Promise<ServedLog> {
    const server = fork(BENCH_PROGRAM, ['serve', JSON.stringify(plan)]);
    const {settings} = await nextMessage<Serving>(server);
    return new ServedLog(plan, settings, server);
  }

  /** The gateway's address of this site. */
  get siteUrl(): string {
    return `${this.settings.api_url}/ex/confluence/${this.settings.cloud_id}`;
  }

  get auditUrl(): string {
    return `${this.siteUrl}/wiki/rest/api/audit`;
  }

  /** Counts from 0 again, and serves in this way from now on. */
  async countAnew(service: Service): Promise<void> {
    await this.ask({count: 'new', service});
  }

  /** What was asked since the last `countAnew`. */
  traffic(): Promise<Traffic> {
    return this.ask({count: 'so far'});
  }

  async stop(): Promise<void> {
    const exited = once(this.server, 'exit');
    this.server.disconnect();
    await exited;
  }

  private ask(order: Order): Promise<Traffic> {
    const answer = nextMessage<Traffic>(this.server);
    this.server.send(order);
    return answer;
  }
}

async function nextMessage<T>(server: ChildProcess): Promise<T> {
  const listening = new AbortController();
  const {signal} = listening;
  try {
    const message = once(server, 'message', {signal}) as Promise<[T]>;
    const death = once(server, 'exit', {signal}).then(([code]): never => {
      throw new Error(`the log's server ended with exit code ${String(code)}`);
    });
    return (await Promise.race([message, death]))[0];
  } finally {
    listening.abort();
  }
}
