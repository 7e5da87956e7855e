import {once} from 'node:events';
import {write} from 'node:fs';
import {Writable} from 'node:stream';
import {finished} from 'node:stream/promises';

import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

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
  private isStopped = false;
  private wasSilent = false;
  private readonly queue = new Writable({
    highWaterMark: MOST_QUEUED_BYTES,
    write: (lines: Buffer, _encoding, onWritten) =>
      this.isStopped ? onWritten() : writeAll(lines, onWritten),
  });

  /** @param message or whole lines, of RECORD messages, as bytes */
  write(message: AirbyteMessage | Buffer): void {
    if (this.queue.writableEnded) {
      return;
    }
    this.wasSilent = false;
    this.queue.write(
      Buffer.isBuffer(message)
        ? (this.mask?.bytes(message) ?? message)
        : `${toLine(message, this.mask)}\n`,
    );
  }

  /** Writes if nothing was written since the last call: only so a reader that went away is noticed in a wait. */
  breakSilence(message: AirbyteMessage): void {
    if (this.wasSilent && this.queue.writableLength === 0) {
      this.write(message);
    }
    this.wasSilent = true;
  }

  /** Holds a fast maker back: resolves when few bytes wait. */
  async drained(): Promise<void> {
    if (this.queue.writableNeedDrain) {
      await once(this.queue, 'drain');
    }
  }

  /** Takes no message any more. Resolves when all is written. */
  async end(): Promise<void> {
    await finished(this.queue.end());
  }

  /** Likewise, but drops what waits: resolves when the lines that are being written are whole. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.end();
  }
}

/** A stdout that was set to be non-blocking takes a part at times, or nothing. */
function writeAll(lines: Buffer, onWritten: () => void): void {
  write(STDOUT, lines, (error, written) => {
    if (error?.code === 'EAGAIN') {
      setTimeout(writeAll, RETRY_AFTER_MS, lines, onWritten);
    } else if (error) {
      // Nobody reads any more (EPIPE), or it cannot be written (a full disk).
      process.exit(1);
    } else if (written < lines.length) {
      writeAll(lines.subarray(written), onWritten);
    } else {
      onWritten();
    }
  });
}
