import {write} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';

import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {RecordLines} from '../stream/record-lines';
import type {Mask} from './mask';
import {toLine} from './messages';

const STDOUT = 1;
const RETRY_AFTER_MS = 5;
/** Lines of about two pages: one is written while the next is made. */
const MOST_QUEUED_BYTES = 1_500_000;

/**
 * Writes messages to stdout, one a line, in order, with every secret masked, while the next ones are
 * made. It writes to the descriptor and not through process.stdout, which blocks the whole process
 * where stdout is a pipe: requests in flight would stand still.
 */
export class Output {
  /** From when it is known on, no secret comes out. */
  mask: Mask | undefined;
  private queuedBytes = 0;
  private allWritten = Promise.resolve();
  private isEnded = false;
  private isStopped = false;
  private wasSilent = false;

  write(message: AirbyteMessage | RecordLines): void {
    if (this.isEnded) {
      return;
    }
    const lines =
      'bytes' in message
        ? (this.mask?.bytes(message.bytes) ?? message.bytes)
        : Buffer.from(`${toLine(message, this.mask)}\n`);
    this.wasSilent = false;
    this.queuedBytes += lines.length;
    this.allWritten = this.allWritten.then(() => this.writeNext(lines));
  }

  /** Writes if nothing was written since the last call: only so a reader that went away is noticed in a wait. */
  breakSilence(message: AirbyteMessage): void {
    if (this.wasSilent && this.queuedBytes === 0) {
      this.write(message);
    }
    this.wasSilent = true;
  }

  /** Holds a fast maker back: resolves when few bytes wait. */
  async drained(): Promise<void> {
    if (this.queuedBytes > MOST_QUEUED_BYTES) {
      await this.allWritten;
    }
  }

  /** Takes no message any more. Resolves when all is written. */
  async end(): Promise<void> {
    this.isEnded = true;
    await this.allWritten;
  }

  /** Likewise, but drops what waits: resolves when the lines that are being written are whole. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.end();
  }

  private async writeNext(lines: Buffer): Promise<void> {
    try {
      if (!this.isStopped) {
        await writeAll(lines);
      }
      this.queuedBytes -= lines.length;
    } catch {
      // Nobody reads any more (EPIPE), or it cannot be written (a full disk).
      process.exit(1);
    }
  }
}

/** A stdout that was set to be non-blocking takes a part at times, or nothing. */
async function writeAll(lines: Buffer): Promise<void> {
  for (let left = lines; left.length > 0;) {
    try {
      left = left.subarray(await writeSome(left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        throw error;
      }
      await delay(RETRY_AFTER_MS);
    }
  }
}

function writeSome(bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(STDOUT, bytes, (error, written) => (error ? reject(error) : resolve(written)));
  });
}
