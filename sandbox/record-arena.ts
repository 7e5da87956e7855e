import {firstIndexWhere} from './search-sorted';

const SMALLEST_CHUNK = 64 * 1024;
/** Far below the limit of a Buffer, and small enough that the last chunk wastes little. */
const LARGEST_CHUNK = 32 * 1024 * 1024;

/**
 * Serialised records, oldest first by index, in a few large Buffers that are filled from the back.
 * So a run of records lies newest first in memory with commas between: the body of a page in
 * Confluence's order is a view on one Buffer (or on two, where a chunk ends), and copies nothing.
 */
export class RecordArena {
  private readonly chunks: {buffer: Buffer; firstIndex: number}[] = [];
  private starts = new Uint32Array(1024);
  private moments = new Float64Array(1024);
  private count = 0;
  private free = 0;

  get size(): number {
    return this.count;
  }

  /** Adds a record after all others; its time (epoch ms) MUST NOT be before the last one's. */
  append(json: string | Buffer, time: number): void {
    const entry = typeof json === 'string' ? `${json},` : json;
    const bytes = Buffer.byteLength(entry);
    if (bytes > this.free) this.addChunk(bytes);
    if (this.count === this.starts.length) this.growIndex();
    const {buffer} = this.lastChunk();
    this.free -= bytes;
    if (typeof entry === 'string') buffer.write(entry, this.free);
    else entry.copy(buffer, this.free);
    this.starts[this.count] = this.free;
    this.moments[this.count] = time;
    this.count += 1;
  }

  /** Epoch ms of the record with this index. */
  time(index: number): number {
    return this.moments[index] ?? Number.NaN;
  }

  /** How many records are older than this time. */
  countBefore(time: number): number {
    return firstIndexWhere(this.count, (index) => this.time(index) >= time);
  }

  /** The record's JSON followed by a comma. */
  entry(index: number): Buffer {
    return this.newestFirst(index, index + 1)[0] ?? Buffer.alloc(0);
  }

  /** The records [from, to), newest first, each followed by a comma, as views on the chunks. */
  newestFirst(from: number, to: number): Buffer[] {
    const views: Buffer[] = [];
    let end = to;
    while (end > from) {
      const {buffer, firstIndex} = this.chunkOf(end - 1);
      const begin = Math.max(from, firstIndex);
      const stop = begin === firstIndex ? buffer.length : this.start(begin - 1);
      views.push(buffer.subarray(this.start(end - 1), stop));
      end = begin;
    }
    return views;
  }

  private start(index: number): number {
    return this.starts[index] ?? 0;
  }

  private lastChunk(): {buffer: Buffer; firstIndex: number} {
    return this.chunks[this.chunks.length - 1] ?? {buffer: Buffer.alloc(0), firstIndex: 0};
  }

  private chunkOf(index: number): {buffer: Buffer; firstIndex: number} {
    const next = firstIndexWhere(
      this.chunks.length,
      (n) => (this.chunks[n]?.firstIndex ?? 0) > index,
    );
    return this.chunks[next - 1] ?? this.lastChunk();
  }

  private addChunk(atLeast: number): void {
    const doubled = Math.min(LARGEST_CHUNK, this.lastChunk().buffer.length * 2);
    const length = Math.max(atLeast, SMALLEST_CHUNK, doubled);
    this.chunks.push({buffer: Buffer.allocUnsafeSlow(length), firstIndex: this.count});
    this.free = length;
  }

  private growIndex(): void {
    const starts = new Uint32Array(this.count * 2);
    starts.set(this.starts);
    this.starts = starts;
    const moments = new Float64Array(this.count * 2);
    moments.set(this.moments);
    this.moments = moments;
  }
}
