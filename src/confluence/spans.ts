/** Where values stand in a page's bytes: [start, end) each; both 0 for a value that is absent. */
export class Spans {
  private places = new Int32Array(64);
  /** How many values are noted. */
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Adds `count` absent values. */
  add(count: number): void {
    const first = this.length;
    this.length += count;
    if (2 * this.length > this.places.length) {
      const larger = new Int32Array(4 * this.length);
      larger.set(this.places);
      this.places = larger;
    }
    for (let i = 2 * first; i < 2 * this.length; i++) {
      this.places[i] = 0;
    }
  }

  set(place: number, start: number, end: number): void {
    this.places[2 * place] = start;
    this.places[2 * place + 1] = end;
  }

  start(place: number): number {
    return this.places[2 * place]!;
  }

  end(place: number): number {
    return this.places[2 * place + 1]!;
  }
}
