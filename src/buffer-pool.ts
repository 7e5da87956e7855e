const MOST_FREE = 12;
const SLACK = 1.25;

/**
 * Memory that is used again. Pages come by the thousand and are all of a size; fresh memory for each
 * costs more than filling it, and waits long for the garbage collector.
 */
export class BufferPool {
  private readonly free: ArrayBuffer[] = [];

  /** A buffer of exactly this length, with whatever was in it. Who takes it may give it back, once. */
  take(length: number): Buffer {
    const at = this.free.findIndex(({byteLength}) => byteLength >= length);
    const memory = at === -1 ? new ArrayBuffer(Math.ceil(length * SLACK)) : this.free[at]!;
    if (at !== -1) {
      this.free.splice(at, 1);
    }
    return Buffer.from(memory, 0, length);
  }

  /** Nobody may read the buffer after this. Only what `take` returned may be given. */
  give({buffer}: Buffer): void {
    if (buffer instanceof ArrayBuffer && this.free.length < MOST_FREE) {
      this.free.push(buffer);
    }
  }
}
