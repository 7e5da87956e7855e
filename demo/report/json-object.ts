/** A JSON object whose members nobody vouches for. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object, or undefined when it is anything else (an array included). */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The object at a key; an empty one stands in for whatever else is there. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  return asObject(parent[key]) ?? {};
}

/** The objects of a list at a key; members that are not objects are left out. */
export function objectsAt(parent: JsonObject, key: string): JsonObject[] {
  const list: unknown = parent[key];
  return Array.isArray(list) ? list.map(asObject).filter((item) => item !== undefined) : [];
}

/** The text at a key, cut to a length that keeps a summary small; `''` for anything but text. */
export function textAt(parent: JsonObject, key: string, maxLength = 200): string {
  const value = parent[key];
  if (typeof value !== 'string') {
    return '';
  }
  const text = value.trim();
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}
