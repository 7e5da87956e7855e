import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, read} from 'node:fs';
import {performance} from 'node:perf_hooks';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';

/** Reads a pipe to its end, closes the descriptor and resolves with the number of lines. */
export type PipeReader = (fd: number) => Promise<number>;

const NEWLINE = 10;
const PIPE_BYTES = 65_536;
const readSome = promisify(read);

/** Takes whatever comes at once: a C program reads, so that no reader in JavaScript is measured. */
export const readAtOnce: PipeReader = async (fd) => {
  const wc = spawn('wc', ['-l'], {stdio: [fd, 'pipe', 'inherit']});
  closeSync(fd);
  const chunks = (await wc.stdout?.toArray()) as Buffer[];
  if (wc.exitCode === null) {
    await once(wc, 'exit');
  }
  return Number(Buffer.concat(chunks).toString());
};

/** Takes no more than so many bytes a second, as a destination does that writes to a database. */
export function readSlowly(bytesPerSecond: number): PipeReader {
  return async (fd) => {
    const buffer = Buffer.alloc(PIPE_BYTES);
    const startedMs = performance.now();
    let bytes = 0;
    let lines = 0;
    for (;;) {
      const {bytesRead} = await readSome(fd, buffer, 0, PIPE_BYTES, null);
      if (bytesRead === 0) {
        closeSync(fd);
        return lines;
      }
      bytes += bytesRead;
      lines += countLines(buffer.subarray(0, bytesRead));
      const aheadMs = (bytes / bytesPerSecond) * 1000 - (performance.now() - startedMs);
      if (aheadMs > 1) {
        await sleep(aheadMs);
      }
    }
  };
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    lines++;
  }
  return lines;
}
