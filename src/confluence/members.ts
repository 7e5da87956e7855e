import {OPEN_BRACE, OPEN_BRACKET, QUOTE} from '../json/tokens';

/** As far as it is needed here: the part of the stream's schema that describes one kind of object. */
export interface ObjectSchema {
  readonly type: string | readonly string[];
  readonly properties: Readonly<Record<string, {readonly type: string | readonly string[]}>>;
}

const TYPES = ['string', 'boolean', 'null', 'object', 'array', 'number', 'integer'];
const HEADS = 32 * 256;
const TYPES_BY_FIRST_BYTE = typesByFirstByte();

/**
 * The members that the schema knows of one kind of object: found by the bytes of a name, and held
 * against the type of a value. Each has a place; the ones that a caller wants come first.
 */
export class Members {
  private readonly names: readonly string[];
  private readonly nameBytes: readonly Buffer[];
  private readonly types: readonly number[];
  private readonly type: number;
  /** By length and first byte of a name: the places of the names that have both. */
  private readonly byHead: readonly (readonly number[] | undefined)[];

  constructor(
    {type, properties}: ObjectSchema,
    readonly wanted: readonly string[],
  ) {
    const others = Object.keys(properties).filter((name) => !wanted.includes(name));
    this.names = [...wanted, ...others];
    this.nameBytes = this.names.map((name) => Buffer.from(name));
    this.type = maskOf(type);
    this.types = this.names.map((name) => maskOf(properties[name]!.type));
    const byHead: (number[] | undefined)[] = Array.from({length: HEADS});
    this.nameBytes.forEach((name, place) => {
      (byHead[headOf(name, 0, name.length)] ??= []).push(place);
    });
    this.byHead = byHead;
  }

  /** The place of the name that stands, perhaps with escapes, at `bytes[start, end)`; or -1. */
  find(bytes: Buffer, start: number, end: number): number {
    const candidates = end > start ? this.byHead[headOf(bytes, start, end)] : undefined;
    for (const place of candidates ?? []) {
      if (isAt(bytes, start, end, this.nameBytes[place]!)) {
        return place;
      }
    }
    return this.names.indexOf(nameAt(bytes, start, end));
  }

  /** Whether the schema lets a value that starts with `byte` stand at this place. */
  allows(place: number, byte: number): boolean {
    return (this.types[place]! & TYPES_BY_FIRST_BYTE[byte]!) !== 0;
  }

  /** Whether it lets one stand where such an object does. */
  allowsInstead(byte: number): boolean {
    return (this.type & TYPES_BY_FIRST_BYTE[byte]!) !== 0;
  }
}

/** The name that stands at `bytes[start, end)`, its escapes resolved. */
export function nameAt(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(`"${bytes.toString('utf8', start, end)}"`) as string;
}

function headOf(bytes: Buffer, start: number, end: number): number {
  return Math.min(end - start, 31) * 256 + bytes[start]!;
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

function maskOf(types: string | readonly string[]): number {
  return [types].flat().reduce((mask, type) => mask | (1 << TYPES.indexOf(type)), 0);
}

/** For each byte: the types of JSON values that start with it, as a mask. */
function typesByFirstByte(): Uint8Array {
  const types = new Uint8Array(256).fill(maskOf(['number', 'integer']));
  types[QUOTE] = maskOf('string');
  types[OPEN_BRACE] = maskOf('object');
  types[OPEN_BRACKET] = maskOf('array');
  for (const [type, literals] of Object.entries({boolean: ['true', 'false'], null: ['null']})) {
    literals.forEach((literal) => (types[literal.charCodeAt(0)] = maskOf(type)));
  }
  return types;
}
