import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {existsSync, mkdtempSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';

const SWITCHES = [
  '--headless',
  '--no-sandbox', // the only way to run as root, as containers do
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--window-size=1200,900',
];

interface Answer {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: {message: string};
}

/** The Chromium to test with, or undefined: env CHROMIUM, else Debian's place for it. */
export function findChromium(): string | undefined {
  return [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium'].find((path) => existsSync(path));
}

/**
 * A headless Chromium with one tab, driven through its DevTools pipe: that needs no port and no
 * dependency. `events` is everything the tab reported, console and network included.
 */
export class Chromium {
  readonly events: Array<{method: string; params: Record<string, unknown>}> = [];
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private readonly profile = mkdtempSync(join(tmpdir(), 'report-chromium-'));
  private readonly browser: ChildProcess;
  private readonly gone: Promise<unknown>;
  private lastId = 0;
  private sessionId: string | undefined;

  private constructor(executable: string) {
    this.browser = spawn(
      executable,
      [...SWITCHES, `--user-data-dir=${this.profile}`, '--remote-debugging-pipe', 'about:blank'],
      {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']},
    );
    this.gone = new Promise((resolve) => {
      this.browser.once('error', resolve).once('close', resolve);
    });
    void this.gone.then(() => {
      this.waiting.forEach((resolve) => resolve({error: {message: 'Chromium has ended'}}));
    });
    let rest = '';
    (this.browser.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\0');
      rest = messages.pop() ?? '';
      messages.forEach((message) => this.receive(JSON.parse(message) as Answer));
    });
  }

  /** Starts it and opens a tab that reports its console and its requests. */
  static async start(executable: string): Promise<Chromium> {
    const chromium = new Chromium(executable);
    const {targetId} = await chromium.send<{targetId: string}>('Target.createTarget', {
      url: 'about:blank',
    });
    const {sessionId} = await chromium.send<{sessionId: string}>('Target.attachToTarget', {
      targetId,
      flatten: true,
    });
    chromium.sessionId = sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) {
      await chromium.send(`${domain}.enable`);
    }
    return chromium;
  }

  /** One DevTools command. Rejects with the browser's own message. */
  async send<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    this.lastId += 1;
    const id = this.lastId;
    const answer = await new Promise<Answer>((resolve) => {
      this.waiting.set(id, resolve);
      const message = {id, method, params, ...(this.sessionId && {sessionId: this.sessionId})};
      (this.browser.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
    if (answer.error) {
      throw new Error(`${method}: ${answer.error.message}`);
    }
    return answer.result as T;
  }

  /** Opens an address and resolves to the milliseconds until `isReady` holds in the page. */
  async open(url: string, isReady: string): Promise<number> {
    const start = performance.now();
    await this.send('Page.navigate', {url});
    while (!(await this.evaluate<boolean>(`location.href !== 'about:blank' && ${isReady}`))) {
      if (performance.now() - start > 20_000) {
        throw new Error(`not within 20 s: ${isReady}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return performance.now() - start;
  }

  /** The value of an expression in the page; a promise is awaited. */
  async evaluate<T>(expression: string): Promise<T> {
    const {result, exceptionDetails} = await this.send<{
      result: {value: T};
      exceptionDetails?: {exception?: {description?: string}};
    }>('Runtime.evaluate', {expression, returnByValue: true, awaitPromise: true});
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? 'the page threw');
    }
    return result.value;
  }

  async stop(): Promise<void> {
    this.sessionId = undefined;
    await this.send('Browser.close').catch(() => this.browser.kill());
    await this.gone;
    // its helper processes may outlive it for a moment, and write
    await rm(this.profile, {recursive: true, force: true, maxRetries: 10, retryDelay: 100});
  }

  private receive(answer: Answer): void {
    if (answer.id !== undefined) {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    } else if (answer.method !== undefined) {
      this.events.push({method: answer.method, params: answer.params ?? {}});
    }
  }
}
