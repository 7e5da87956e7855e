import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {paramsOf} from './audit-query';
import type {AuditLog} from './audit-log';
import {answerRequest} from './gateway';
import {
  type SandboxBehaviour,
  type SandboxOptions,
  type SandboxRequest,
  withDefaults,
} from './options';
import {sendAnswer} from './send-answer';

/** The connector's settings, by the names of its spec. */
export interface ConnectorSettings {
  email: string;
  cloud_id: string;
  backfill_start_time?: string;
  api_token: string;
  api_url: string;
}

/** A Confluence Cloud that listens on this machine. */
export class Sandbox {
  /** Every request since the start, also those that a script answered. */
  readonly requests: SandboxRequest[] = [];
  /** The most requests that were under way at the same time. */
  mostInFlight = 0;
  private inFlight = 0;
  private readonly stopping = new AbortController();
  private readonly server: Server;

  constructor(readonly options: SandboxBehaviour) {
    this.server = createServer((message, response) => {
      void this.serve(message, response);
    });
    // Longer than a client keeps an idle connection, so that it is the client who hangs up.
    this.server.keepAliveTimeout = 65_000;
  }

  get log(): AuditLog {
    return this.options.log;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Settings with which the connector reads from here; `others` are put over them. */
  settings(others: Partial<ConnectorSettings> = {}): ConnectorSettings {
    const {email, cloudId, token} = this.options;
    return {email, cloud_id: cloudId, api_token: token, api_url: this.url, ...others};
  }

  /** Resolves once it listens; rejects if the port is taken. */
  async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Stops at once: open exchanges are cut off, and nothing is left that keeps a process alive. */
  async close(): Promise<void> {
    this.stopping.abort();
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const {request, query} = readRequest(message);
    this.follow(request, response);
    const {intercept, delayMs, gzip} = this.options;
    response.sendDate = false;
    this.setDate(response);
    response.setHeader('ATL-TraceId', this.requests.length.toString(16).padStart(32, '0'));
    try {
      if (intercept && (await intercept(request, response))) return;
      if (delayMs > 0) await sleep(delayMs, undefined, {signal: this.stopping.signal});
      const answer = answerRequest(request, query, this.options);
      await sendAnswer(response, answer, message.headers, gzip);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      if (!response.headersSent) response.writeHead(500, {'X-Sandbox-Error': 'see the body'});
      response.end(`The sandbox failed: ${String(error)}`);
    }
  }

  private setDate(response: ServerResponse): void {
    const {dateHeader, dateSkew, dateSkewMs, now} = this.options;
    const isSkewed = dateSkew === 'always' || this.requests.length === 1;
    const time = now() + (isSkewed ? dateSkewMs : 0);
    if (dateHeader) response.setHeader('Date', new Date(time).toUTCString());
  }

  private follow(request: SandboxRequest, response: ServerResponse): void {
    this.requests.push(request);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    let over = false;
    const finish = (): void => {
      if (over) return;
      over = true;
      this.inFlight -= 1;
      if (response.headersSent) request.status = response.statusCode;
    };
    // Whatever is written after the client has gone ends here.
    response.on('error', finish);
    response.once('finish', finish);
    response.once('close', finish);
  }
}

/** Starts a sandbox on 127.0.0.1, on a free port unless one is given. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const {port = 0, ...behaviour} = options;
  const sandbox = new Sandbox(withDefaults(behaviour));
  await sandbox.listen(port);
  return sandbox;
}

function readRequest(message: IncomingMessage): {request: SandboxRequest; query: URLSearchParams} {
  const [path = '', ...search] = (message.url ?? '').split('?');
  const query = new URLSearchParams(search.join('?'));
  const {method = '', headers} = message;
  const request = {method, path, params: paramsOf(query), headers, status: 0, at: Date.now()};
  return {request, query};
}
