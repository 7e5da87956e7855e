import {setImmediate as turn} from 'node:timers/promises';

import type {
  AirbyteConfiguredCatalog,
  AirbyteMessage,
  AirbyteState,
} from '@faros-ai/airbyte-cdk/lib/protocol';

import {Log} from '../../src/airbyte/messages';
import {Output} from '../../src/airbyte/output';
import type {Clock} from '../../src/clock';
import {type Failure, toFailure} from '../../src/errors';
import {ConfluenceAuditLogsSource} from '../../src/source';
import {CATALOG, type Message, type StreamState, stateInput} from './connector';

/** Time that passes only where a test lets it. The connector sees it `skewMs` ahead; its sleeps take none. */
export class VirtualClock implements Clock {
  constructor(
    public trueMs: number,
    private readonly skewMs = 0,
  ) {}

  now(): number {
    return this.trueMs + this.skewMs;
  }

  monotonicMs(): number {
    return this.trueMs;
  }

  async sleep(ms: number): Promise<void> {
    this.trueMs += ms;
    await turn();
  }

  nextTurn(): Promise<void> {
    return turn();
  }

  random(): number {
    return 0.5;
  }
}

export interface SyncInput {
  readonly settings: object;
  readonly state: StreamState | undefined;
  readonly clock: Clock;
  /** The process dies when this many messages have been written. */
  readonly crashAfter?: number | undefined;
}

/** A sync as its output shows it. */
export interface Sync {
  /** All that was written, each RECORD by itself. */
  readonly messages: readonly Message[];
  /** LOG messages of level WARN and above. */
  readonly warnings: readonly string[];
  readonly failure: Failure | undefined;
  readonly hasCrashed: boolean;
}

/** Runs `read` as the runner does, in this process and without a pipe. */
export async function syncInProcess(input: SyncInput): Promise<Sync> {
  const {settings, state, clock, crashAfter} = input;
  const output = new Ear();
  const source = new ConfluenceAuditLogsSource({
    output,
    log: new Log(output, 'WARN'),
    clock,
  });
  const saved = JSON.parse(JSON.stringify(stateInput(state))) as AirbyteState;
  const catalog = CATALOG as unknown as AirbyteConfiguredCatalog;
  const messages: Message[] = [];
  let failure: Failure | undefined;
  let hasCrashed = false;
  try {
    for await (const message of source.readLines({...settings}, catalog, saved)) {
      messages.push(...messagesOf(message));
      hasCrashed = crashAfter !== undefined && messages.length >= crashAfter;
      if (hasCrashed) {
        // A pipe takes part of what is written at a time, so a crash may fall between any two lines.
        messages.length = crashAfter!;
        break;
      }
    }
  } catch (thrown) {
    failure = toFailure(thrown);
  }
  return {messages, warnings: output.warnings, failure, hasCrashed};
}

/** Hears what is written beside the messages that `read` yields. */
class Ear extends Output {
  readonly warnings: string[] = [];

  override write(message: AirbyteMessage | Buffer): void {
    const {log} = message as Message;
    if (log) {
      this.warnings.push(log.message);
    }
  }
}

function messagesOf(message: AirbyteMessage | Buffer): Message[] {
  const lines = Buffer.isBuffer(message)
    ? message.toString('utf8').split('\n').slice(0, -1)
    : [JSON.stringify(message)];
  return lines.map((line) => JSON.parse(line) as Message);
}
