import {Known} from './known';
import {
  COLON,
  COMMA,
  endOfString,
  endOfWhite,
  endOfWord,
  JsonFault,
  OPEN_BRACE,
  OPEN_BRACKET,
  plainInteger,
  QUOTE,
} from './tokens';

const UNKNOWN = new Known();
/** From `{` to `}`, and from `[` to `]`. */
const TO_CLOSING = 2;
/** Nothing real is nested so deeply, and JSON.stringify can still write it. */
const MOST_DEPTH = 1000;

/**
 * Where all that a JSON text is made of stands, however it is spelled. Nodes are numbered in the order of
 * the text: 0 is the whole; after a container comes what is in it, and after a member's name its value.
 *
 * What no destination can take is mended in place: a line break between tokens becomes a blank; half a
 * surrogate pair, and U+0000, becomes U+FFFD.
 */
export class Outline {
  bytes: Buffer = Buffer.alloc(0);
  /** By node: the position of its first byte, that after its last one, and the first node that is not in it. */
  starts = new Int32Array();
  ends = new Int32Array();
  afters = new Int32Array();
  /** By the node of a name: its place among those that are known there; -1 if it is not. */
  places = new Int16Array();
  /** Where escapes were mended. */
  private mended: number[] = [];
  private count = 0;
  private at = 0;

  /**
   * Walks once over a text, and checks every byte of it.
   * @param known what `places` are told of
   * @throws JsonFault
   */
  read(bytes: Buffer, known = UNKNOWN): void {
    this.bytes = bytes;
    this.mended = [];
    this.count = 0;
    this.at = 0;
    // A node takes two bytes at least, unless it is still open.
    const most = MOST_DEPTH + Math.ceil(bytes.length / 2);
    if (most > this.starts.length) {
      this.starts = new Int32Array(most);
      this.ends = new Int32Array(most);
      this.afters = new Int32Array(most);
      this.places = new Int16Array(most);
    }
    this.value(0, known);
    if (this.at < bytes.length && this.peek() !== undefined) {
      throw new JsonFault(bytes, this.at);
    }
  }

  firstByte(node: number): number {
    return this.bytes[this.starts[node]!]!;
  }

  text(node: number): string {
    return this.bytes.toString('utf8', this.starts[node], this.ends[node]);
  }

  /** What the string says that a node is. */
  string(node: number): string {
    return JSON.parse(this.text(node)) as string;
  }

  /** The number that a node is; NaN if it is none. */
  number(node: number): number {
    const number = plainInteger(this.bytes, this.starts[node]!, this.ends[node]!);
    return Number.isNaN(number) ? Number(this.text(node)) : number;
  }

  /** The value of an object's last member of this place; undefined if there is none, or the node is no object. */
  member(object: number, place: number): number | undefined {
    let found: number | undefined;
    if (this.firstByte(object) === OPEN_BRACE) {
      for (let each = object + 1; each < this.afters[object]!; each = this.afters[each + 1]!) {
        found = this.places[each] === place ? each + 1 : found;
      }
    }
    return found;
  }

  /** How many escapes of a node were mended. */
  mendedIn(node: number): number {
    const isIn = (at: number): boolean => at >= this.starts[node]! && at < this.ends[node]!;
    return this.mended.length === 0 ? 0 : this.mended.filter(isIn).length;
  }

  private value(depth: number, known: Known): void {
    const first = this.peek();
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      this.container(first, depth, known);
    } else {
      const {bytes, at, mended} = this;
      const node = this.open();
      this.at = first === QUOTE ? endOfString(bytes, at, mended) : endOfWord(bytes, at);
      this.close(node);
    }
  }

  private container(first: number, depth: number, known: Known): void {
    if (depth === MOST_DEPTH) {
      throw new JsonFault(this.bytes, this.at, `nested deeper than ${MOST_DEPTH} levels`);
    }
    const node = this.open();
    this.at++;
    if (this.peek() !== first + TO_CLOSING) {
      let place = -1;
      do {
        if (first === OPEN_BRACE) {
          place = this.name(known, place);
          this.value(depth + 1, place < 0 ? UNKNOWN : known.members[place]!);
        } else {
          this.value(depth + 1, known.items ?? UNKNOWN);
        }
      } while (this.take(COMMA));
    }
    this.expect(first + TO_CLOSING);
    this.close(node);
  }

  /** Steps over a member's name and its colon; returns its place. */
  private name(known: Known, before: number): number {
    this.peek();
    const {bytes, at, mended} = this;
    const node = this.open();
    let place = known.placeAt(bytes, at, before);
    this.at = place < 0 ? endOfString(bytes, at, mended) : at + known.quoted[place]!.length;
    this.close(node);
    if (place < 0 && known.names.length > 0) {
      place = known.names.indexOf(this.string(node));
    }
    this.places[node] = place;
    this.expect(COLON);
    return place;
  }

  private open(): number {
    this.starts[this.count] = this.at;
    return this.count++;
  }

  private close(node: number): void {
    this.ends[node] = this.at;
    this.afters[node] = this.count;
  }

  private expect(byte: number): void {
    if (!this.take(byte)) {
      throw new JsonFault(this.bytes, this.at);
    }
  }

  /** Steps over this byte, and white space before it, if it is there. */
  private take(byte: number): boolean {
    const isThere = this.peek() === byte;
    this.at += isThere ? 1 : 0;
    return isThere;
  }

  /** The byte after any white space, on which it stays; undefined at the end. */
  private peek(): number | undefined {
    this.at = endOfWhite(this.bytes, this.at);
    return this.bytes[this.at];
  }
}
