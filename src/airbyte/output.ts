import {writev} from 'node:fs';

import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {Mask} from './mask';
import type {RecordLines} from './record-lines';

const RETRY_AFTER_MS = 5;

/** Nobody reads any more (EPIPE), or it cannot be written (a full disk). */
export class OutputClosed extends Error {
  constructor(readonly code: string | undefined) {
    super(`stdout cannot be written: ${code}`);
  }
}

/**
 * Writes messages to stdout, one a line, in order, with every secret masked. Writing goes on while
 * the next messages are made; `drained` holds a fast maker back.
 *
 * It writes to the descriptor and not through process.stdout, which blocks the whole process where
 * stdout is a pipe: requests in flight would stand still.
 */
export class Output {
  mask: Mask = {text: (text) => text, bytes: (bytes) => bytes};
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private writing: Promise<void> | undefined;
  private failure: Error | undefined;
  private isEnded = false;

  constructor(
    private readonly fd: number,
    private readonly mostQueuedBytes: number,
  ) {}

  /** Puts a message into line. @throws OutputClosed as soon as it is known */
  write(message: AirbyteMessage | RecordLines): void {
    if (this.failure) {
      throw this.failure;
    }
    if (this.isEnded) {
      return;
    }
    if ('bytes' in message) {
      this.queue.push(this.mask.bytes(message.bytes as Buffer));
    } else {
      this.queue.push(Buffer.from(`${this.stringify(message)}\n`));
    }
    this.queuedBytes += this.queue.at(-1)!.length;
    this.writing ??= this.writeQueue();
  }

  /** Resolves when few bytes wait. @throws OutputClosed */
  async drained(): Promise<void> {
    while (this.queuedBytes > this.mostQueuedBytes) {
      await this.writing;
    }
    if (this.failure) {
      throw this.failure;
    }
  }

  /**
   * Takes no message any more: a request that is still on its way has nothing to say behind the
   * last one. Resolves when all is written. @throws OutputClosed
   */
  async end(): Promise<void> {
    this.isEnded = true;
    await this.writing;
    if (this.failure) {
      throw this.failure;
    }
  }

  private stringify(message: AirbyteMessage): string {
    return JSON.stringify(message, (_key, value: unknown) =>
      typeof value === 'string' ? this.mask.text(value) : value,
    );
  }

  private async writeQueue(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      try {
        await writeAll(this.fd, batch);
      } catch (error) {
        this.failure = new OutputClosed((error as NodeJS.ErrnoException).code);
        this.queue = [];
        this.queuedBytes = 0;
        break;
      }
      this.queuedBytes -= batch.reduce((sum, {length}) => sum + length, 0);
    }
    this.writing = undefined;
  }
}

async function writeAll(fd: number, batch: Buffer[]): Promise<void> {
  for (let left = batch; left.length > 0;) {
    left = dropFirst(left, await writeSome(fd, left));
  }
}

/** Writes what the descriptor takes. One that was set to be non-blocking takes nothing at times. */
function writeSome(fd: number, buffers: Buffer[]): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(fd, buffers, (error, written) => {
      if (!error) {
        resolve(written);
      } else if (error.code === 'EAGAIN') {
        setTimeout(resolve, RETRY_AFTER_MS, 0);
      } else {
        reject(error);
      }
    });
  });
}

function dropFirst(buffers: Buffer[], bytes: number): Buffer[] {
  let left = bytes;
  const first = buffers.findIndex((buffer) => {
    left -= buffer.length;
    return left < 0;
  });
  if (first === -1) {
    return [];
  }
  const cut = buffers[first]!;
  return [cut.subarray(cut.length + left), ...buffers.slice(first + 1)];
}
