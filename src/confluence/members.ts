import type {Scanner} from '../json/scanner';

/** As far as it is needed here: the part of the stream's schema that describes one kind of object. */
interface ObjectSchema {
  readonly type: string | readonly string[];
  readonly properties: Readonly<Record<string, {readonly type: string | readonly string[]}>>;
}

/** Something in a record that the stream's schema does not say. */
export interface Drift {
  /** Where it stands: `author.type`, `changedValues[].name`. */
  readonly path: string;
  /** The schema does not know the field; knows it with another type; or has it for one of ours, which takes its place. */
  readonly what: 'unknown' | 'other type' | 'ours';
}

export type OnDrift = (drift: Drift) => void;

/** A power of two, by far more than there are names. */
const SIGNS = 4096;

/** The bytes that a value of each type starts with. */
const FIRST_BYTES: Readonly<Record<string, string>> = {
  string: '"',
  boolean: 'tf',
  null: 'n',
  object: '{',
  array: '[',
  number: '-0123456789',
  integer: '-0123456789',
};

/**
 * The members that the schema knows of one kind of object: found by the bytes of a name, and held
 * against the type of a value. Each has a place; the ones that a caller wants come first.
 */
export class Members {
  private readonly names: readonly string[];
  private readonly nameBytes: readonly Buffer[];
  /** By place, and for the object itself: 1 for every byte that a value may start with. */
  private readonly firstBytes: readonly Uint8Array[];
  private readonly ownFirstBytes: Uint8Array;
  /** The place of a name, and one more, by its sign; 0: none has it. */
  private readonly bySign = new Uint8Array(SIGNS);

  /** @param path what the name of a member is to be appended to */
  constructor(
    private readonly path: string,
    {type, properties}: ObjectSchema,
    readonly wanted: readonly string[],
  ) {
    const others = Object.keys(properties).filter((name) => !wanted.includes(name));
    this.names = [...wanted, ...others];
    this.nameBytes = this.names.map((name) => Buffer.from(name));
    this.firstBytes = this.names.map((name) => firstBytesOf(properties[name]!.type));
    this.ownFirstBytes = firstBytesOf(type);
    this.nameBytes.forEach((name, place) => {
      this.bySign[signOf(name, 0, name.length)] = place + 1;
    });
  }

  /**
   * Steps to a member's value; returns the place of its name, -1 for one that the schema does not know.
   * @throws JsonCutOff, JsonFault
   */
  step(scanner: Scanner, onDrift: OnDrift | undefined): number {
    const {bytes} = scanner;
    const end = scanner.key();
    const start = scanner.nameStart;
    const place = this.find(bytes, start, end);
    const first = scanner.peek();
    if (onDrift && this.firstBytes[place]?.[first] !== 1) {
      onDrift({
        path: this.path + nameAt(bytes, start, end),
        what: place >= 0 ? 'other type' : 'unknown',
      });
    }
    return place;
  }

  /** Looks at a value in a list of such objects, on which the scanner stands. */
  lookAt(scanner: Scanner, onDrift: OnDrift | undefined): void {
    if (onDrift && this.ownFirstBytes[scanner.peek()] !== 1) {
      onDrift({path: this.path.replace(/\.$/, ''), what: 'other type'});
    }
  }

  private find(bytes: Buffer, start: number, end: number): number {
    const place = this.bySign[signOf(bytes, start, end)]! - 1;
    return place >= 0 && isAt(bytes, start, end, this.nameBytes[place]!)
      ? place
      : this.names.indexOf(nameAt(bytes, start, end));
  }
}

/** The name that stands at `bytes[start, end)`, its escapes resolved. */
export function nameAt(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(`"${bytes.toString('utf8', start, end)}"`) as string;
}

/** Tells most names apart, by the length, the first byte, and the one in the middle. */
function signOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  const sign = (length << 7) ^ (bytes[start]! << 3) ^ bytes[start + (length >> 1)]!;
  return sign & (SIGNS - 1);
}

function isAt(bytes: Buffer, start: number, end: number, name: Buffer): boolean {
  if (end - start !== name.length) {
    return false;
  }
  for (let i = 0; i < name.length; i++) {
    if (bytes[start + i] !== name[i]) {
      return false;
    }
  }
  return true;
}

function firstBytesOf(types: string | readonly string[]): Uint8Array {
  const isFirst = new Uint8Array(256);
  for (const byte of Buffer.from(
    [types]
      .flat()
      .map((type) => FIRST_BYTES[type])
      .join(''),
  )) {
    isFirst[byte] = 1;
  }
  return isFirst;
}
