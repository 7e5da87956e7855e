import {write} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';

import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {Mask} from './mask';
import {statusIn, toLine} from './messages';
import type {RecordLines} from './record-lines';

const NEWLINE = 10;
const RETRY_AFTER_MS = 5;
/** Written at once, up to the end of a line: so much may still have to be written when a signal comes. */
const MOST_AT_ONCE = 256 * 1024;

/**
 * Writes messages to stdout, one a line, in order, with every secret masked. Writing goes on while
 * the next messages are made; `drained` holds a fast maker back.
 *
 * It writes to the descriptor and not through process.stdout, which blocks the whole process where
 * stdout is a pipe: requests in flight would stand still.
 */
export class Output {
  /** From when it is known on, no secret comes out. */
  mask: Mask | undefined;
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private writing: Promise<void> | undefined;
  private isEnded = false;
  private latestStatus: AirbyteMessage | undefined;
  private wasSilent = false;

  /** @param onClosed called when nobody reads any more (EPIPE), or it cannot be written (a full disk) */
  constructor(
    private readonly fd: number,
    private readonly mostQueuedBytes: number,
    private readonly onClosed: () => void,
  ) {}

  /** Puts a message, or many, into line. */
  write(message: AirbyteMessage | RecordLines): void {
    if ('bytes' in message) {
      this.push(this.mask?.bytes(message.bytes) ?? message.bytes);
    } else {
      this.push(Buffer.from(`${toLine(message, this.mask)}\n`));
      this.latestStatus = statusIn(message) ?? this.latestStatus;
    }
  }

  /**
   * Writes the latest STREAM_STATUS, as it is now, if nothing was written since the last call. A wait
   * of minutes so shows that it lasts, and a reader that went away is noticed in it: no system call but
   * writing tells that nobody holds the other end of a pipe.
   */
  breakSilence(): void {
    if (this.wasSilent && this.latestStatus && this.queuedBytes === 0) {
      this.write(statusIn(this.latestStatus)!);
    }
    this.wasSilent = true;
  }

  /** Resolves when few bytes wait. */
  async drained(): Promise<void> {
    while (this.queuedBytes > this.mostQueuedBytes) {
      await this.writing;
    }
  }

  /**
   * Takes no message any more: a request that is still on its way has nothing to say after the last
   * one. Resolves when all is written.
   */
  async end(): Promise<void> {
    this.isEnded = true;
    await this.writing;
  }

  /** Likewise, but drops what waits: resolves when the lines that are being written are whole. */
  async stop(): Promise<void> {
    this.queue = [];
    await this.end();
  }

  private push(lines: Buffer): void {
    if (!this.isEnded) {
      this.wasSilent = false;
      this.queue.push(lines);
      this.queuedBytes += lines.length;
      this.writing ??= this.writeQueue();
    }
  }

  private async writeQueue(): Promise<void> {
    try {
      for (let lines = this.takeLines(); lines; lines = this.takeLines()) {
        await writeAll(this.fd, lines);
        this.queuedBytes -= lines.length;
      }
    } catch {
      this.isEnded = true;
      this.onClosed();
    }
    this.writing = undefined;
  }

  /** The next lines to write, as many as are written at once; always whole ones. */
  private takeLines(): Buffer | undefined {
    const first = this.queue.shift();
    if (first === undefined || first.length <= MOST_AT_ONCE) {
      return first;
    }
    const last = first.lastIndexOf(NEWLINE, MOST_AT_ONCE - 1);
    const end = (last === -1 ? first.indexOf(NEWLINE, MOST_AT_ONCE) : last) + 1;
    if (end < first.length) {
      this.queue.unshift(first.subarray(end));
    }
    return first.subarray(0, end);
  }
}

/** One that was set to be non-blocking takes a part at times, or nothing. */
async function writeAll(fd: number, lines: Buffer): Promise<void> {
  for (let left = lines; left.length > 0;) {
    try {
      left = left.subarray(await writeSome(fd, left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        throw error;
      }
      await delay(RETRY_AFTER_MS);
    }
  }
}

function writeSome(fd: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, written) => (error ? reject(error) : resolve(written)));
  });
}
