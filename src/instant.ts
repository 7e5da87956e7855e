const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A date (`2026-01-31`) or a date and time (RFC 3339, seconds and zone optional) -> epoch ms.
 * Without a zone it is UTC. Not `Date.parse`, which reads one without a zone as local time and
 * turns 30 February into 1 March.
 * @throws Error that says what is wrong, for a text of another form or a day that does not exist
 */
export function parseInstant(text: string): number {
  const match = INSTANT.exec(text);
  if (!match) {
    throw new Error('must be a date (YYYY-MM-DD) or a date and time (YYYY-MM-DDTHH:mm:ssZ)');
  }
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23) {
    throw new Error(`must exist: there is no such date as ${text}`);
  }
  if (minute > 59 || second > 59) {
    throw new Error(`must exist: there is no such time as ${text}`);
  }
  const instantMs = date.getTime() - offsetMs(match[8]);
  if (instantMs < 0) {
    throw new Error('must not be before 1970');
  }
  return instantMs;
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') {
    return 0;
  }
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) {
    throw new Error(`must exist: there is no such time zone as ${zone}`);
  }
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
