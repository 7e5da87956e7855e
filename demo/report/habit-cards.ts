import {renderRows} from './finding-card';
import type {Card} from './finding-card';
import {formatCount, formatMinute, formatNumber} from './format';
import {KNOWN_AFTER_MS} from './habits';
import type {Habits} from './habits';
import {markup, quoted} from './markup';
import type {QuietTime} from './quiet-time';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Addresses that people had not used before. */
export function firstSeenCard({firstSeen, isExact}: Habits): Card {
  const days = KNOWN_AFTER_MS / 86_400_000;
  const rows = firstSeen.map(
    ({
      who,
      address,
      at,
      summary,
      events,
      others,
    }) => markup`<li><b>${quoted(who)}</b> from ${quoted(address)}
<small>since ${formatMinute(at)}, first: ${quoted(summary)}; ${formatCount(events, 'event')}, ${
      others === 0 ? 'nobody else' : formatCount(others, 'other person', 'other people')
    } from there</small></li>
`,
  );
  return {
    id: 'addresses',
    title: 'First-seen addresses',
    finds: `Somebody acts from an address for the first time, after ${days} days or more in this file.`,
    sure: isExact ? '' : 'There are more people or addresses than were followed.',
    count: formatCount(rows.length, 'address', 'addresses'),
    found: renderRows(rows),
  };
}

/** Who was active when the site is quiet. */
export function offHoursCard({offHours, quiet, isExact}: Habits): Card {
  const rows = offHours.map(
    ({
      who,
      events,
      total,
      last,
    }) => markup`<li><b>${quoted(who)}</b> ${formatNumber(events)} of ${formatCount(total, 'event')}
<small>last ${formatMinute(last)}${events * 2 > total ? '; mostly, so perhaps in another time zone' : ''}</small></li>
`,
  );
  return {
    id: 'off-hours',
    title: 'Off-hours',
    finds: describeQuiet(quiet),
    sure: isExact ? '' : 'There are more people than were followed.',
    count: formatCount(rows.length, 'person', 'people'),
    found: renderRows(rows),
  };
}

function describeQuiet({fromHour, toHour, firstDay, isFound}: QuietTime): string {
  const days = `${DAYS[firstDay] ?? ''} and ${DAYS[(firstDay + 1) % 7] ?? ''}`;
  const when = `${clock(fromHour)} to ${clock(toHour)} UTC, ${days}`;
  return isFound
    ? `People act when this site is quiet: ${when}, as its people's own events show. Those who seldom do come first.`
    : `People act at night or on the weekend: ${when}.`;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
