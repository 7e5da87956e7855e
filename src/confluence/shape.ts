import {Known} from '../json/known';
import type {Outline} from '../json/outline';

/** As far as it is needed here: the part of the stream's schema that describes one kind of value. */
export interface Schema {
  readonly type: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Something in a record that the stream's schema does not say. */
export interface Drift {
  /** Where it stands: `author.type`, `changedValues[].name`. */
  readonly path: string;
  /** `ours`: the schema has it for a field of our own, which takes its place. */
  readonly what: 'unknown' | 'other type' | 'ours';
}

export type OnDrift = (drift: Drift) => void;

/** The bytes that a value of each type starts with. */
const FIRST_BYTES: Readonly<Record<string, string>> = {
  string: '"',
  boolean: 'tf',
  null: 'n',
  object: '{',
  array: '[',
  integer: '-0123456789',
};

/** One kind of value as the stream's schema knows it, with a place for each member that it knows. */
export class Shape {
  readonly known: Known;
  readonly names: readonly string[];
  /** By place. */
  readonly members: readonly Shape[];
  readonly items: Shape | undefined;
  /** The places of the members that count, in the order in which they do. */
  readonly counted: readonly number[];
  /** The places of those that do not, and hold lists that the schema knows. */
  readonly uncounted: readonly number[];
  /** By place: the values in the object that was looked through last; 0 for what it lacks. */
  readonly found: Int32Array;
  /** 1 for every byte that such a value may start with. */
  private readonly isFirst = new Uint8Array(256);

  /**
   * @param counted by the path of an object, the names of its members that count
   * @param path where such a value stands in a record
   */
  constructor(
    {type, properties = {}, items}: Schema,
    counted: Readonly<Record<string, readonly string[]>>,
    readonly path = '',
  ) {
    this.names = Object.keys(properties);
    this.members = this.names.map(
      (name) => new Shape(properties[name]!, counted, this.pathOf(name)),
    );
    this.items = items && new Shape(items, counted, `${path}[]`);
    this.counted = (counted[path] ?? []).map((name) => this.names.indexOf(name));
    this.uncounted = [...this.names.keys()].filter(
      (place) => this.members[place]!.items && !this.counted.includes(place),
    );
    this.found = new Int32Array(this.names.length);
    this.known = new Known(
      this.names,
      this.members.map((each) => each.known),
      this.items?.known,
    );
    for (const byte of Buffer.from(
      [type]
        .flat()
        .map((each) => FIRST_BYTES[each])
        .join(''),
    )) {
      this.isFirst[byte] = 1;
    }
  }

  /** Looks through the members of an object. */
  find(outline: Outline, object: number, onDrift: OnDrift): void {
    const {found, members} = this;
    const {afters, places} = outline;
    const end = afters[object]!;
    for (let i = 0; i < found.length; i++) {
      found[i] = 0;
    }
    for (let name = object + 1; name < end; name = afters[name + 1]!) {
      const place = places[name]!;
      if (place >= 0) {
        found[place] = name + 1;
        members[place]!.check(outline, name + 1, onDrift);
      } else {
        onDrift({path: this.pathOf(outline.string(name)), what: 'unknown'});
      }
    }
  }

  /** The value of this name in the object that was looked through last; 0 if it lacks it. */
  get(name: string): number {
    return this.found[this.names.indexOf(name)] ?? 0;
  }

  check(outline: Outline, value: number, onDrift: OnDrift): void {
    if (this.isFirst[outline.firstByte(value)] !== 1) {
      onDrift({path: this.path, what: 'other type'});
    }
  }

  private pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}
