/** What is known beforehand of one kind of value: the members that it may have, each by its place, or its elements. */
export class Known {
  /** By place: the names in their quotes, in plain letters. */
  readonly quoted: readonly Buffer[];
  /** By place, and one more: the place that comes after it, unless that member is left out. */
  private readonly following: Int32Array;

  constructor(
    readonly names: readonly string[] = [],
    /** By place. */
    readonly members: readonly Known[] = [],
    readonly items?: Known,
  ) {
    this.quoted = names.map((name) => Buffer.from(JSON.stringify(name)));
    this.following = new Int32Array(names.length + 1);
  }

  /** The place of the name that stands in plain letters after the one of the place `before`; -1 if none does. */
  placeAt(bytes: Buffer, at: number, before: number): number {
    let place = before;
    // Objects of one kind mostly have the same order, and some leave members out.
    for (let i = 0; i < this.quoted.length; i++) {
      place = this.following[place + 1]!;
      if (this.isAt(bytes, at, place)) {
        return place;
      }
    }
    return this.search(bytes, at, before);
  }

  private search(bytes: Buffer, at: number, before: number): number {
    const place = this.quoted.findIndex((_, each) => this.isAt(bytes, at, each));
    this.following[before + 1] = Math.max(place, 0);
    return place;
  }

  private isAt(bytes: Buffer, at: number, place: number): boolean {
    const name = this.quoted[place]!;
    // All begin with the same byte, which is compared last.
    for (let i = name.length - 1; i >= 0; i--) {
      if (bytes[at + i] !== name[i]) {
        return false;
      }
    }
    return true;
  }
}
