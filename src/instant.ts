const INSTANT =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A date (`2026-01-31`) or a date and time (RFC 3339, seconds and zone optional) -> epoch ms. Not
 * `Date.parse` alone, which reads one without a zone as local time.
 * @throws Error that says what is wrong, for a text of another form or a day that does not exist
 */
export function parseInstant(text: string): number {
  const match = INSTANT.exec(text) ?? [];
  const [, day = '', minute = '00:00', second = '00', fraction = '', zone = 'Z'] = match;
  const utc = `${day}T${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const asUtc = new Date(utc);
  // 24:00 and 30 February are taken for a time on another day.
  if (Number.isNaN(asUtc.getTime()) || asUtc.toISOString() !== utc) {
    throw new Error(`must exist: there is no such date or time as ${text}`);
  }
  const offset = zone.toUpperCase().replace(/^(...):?(..)$/, '$1:$2');
  const instantMs = Date.parse(utc.replace('Z', offset));
  if (Number.isNaN(instantMs)) {
    throw new Error(`must exist: there is no such time zone as ${zone}`);
  }
  if (instantMs < 0) {
    throw new Error('must not be before 1970');
  }
  return instantMs;
}

/** Epoch ms -> RFC 3339 in UTC; what no calendar has stays a number. */
export function formatTime(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? `${timeMs} ms` : date.toISOString();
}
