const LENGTHS = 32;

/** A few names that are looked up by their bytes: one table look-up, then one comparison. */
export class KeySet {
  private readonly names: readonly Uint8Array[];
  /** Place of the name with this length and first byte, and one; 0 for none. No two names may share both. */
  private readonly places = new Uint8Array(LENGTHS * 256);

  constructor(...names: string[]) {
    this.names = names.map((name) => Buffer.from(name));
    this.names.forEach((name, place) => {
      this.places[name.length * 256 + name[0]!] = place + 1;
    });
  }

  get size(): number {
    return this.names.length;
  }

  /** The place of the name that stands at `bytes[start, end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length >= LENGTHS || length === 0) {
      return -1;
    }
    const place = this.places[length * 256 + bytes[start]!]! - 1;
    if (place < 0) {
      return -1;
    }
    const name = this.names[place]!;
    for (let i = 1; i < length; i++) {
      if (bytes[start + i] !== name[i]) {
        return -1;
      }
    }
    return place;
  }
}
