/** The hours of the week in which the people of a site are usually not at work, in UTC. */
export interface QuietTime {
  /** The hour of the day, in UTC, at which the quiet ten hours begin. */
  fromHour: number;
  toHour: number;
  /** The first of the two quiet days, 0 for Monday. */
  firstDay: number;
  /** False where there were too few events to find it: then it is the night and the weekend in UTC. */
  isFound: boolean;
}

const NIGHT_HOURS = 10;
const WEEKEND_DAYS = 2;
const USUAL_NIGHT = 20;
const USUAL_WEEKEND = 5;
const FEWEST_EVENTS = 200;

/**
 * Finds the ten hours of the day and the two days of the week, each in a row, in which people do
 * least. The log says nothing of time zones, so that the night of a site is read off its people.
 * @param week events of people by hour of the week, from Monday on, in UTC
 */
export function findQuietTime(week: readonly number[]): QuietTime {
  const isFound = week.reduce((sum, count) => sum + count, 0) >= FEWEST_EVENTS;
  const byHour = fold(week, 24, (hour) => hour % 24);
  const byDay = fold(week, 7, (hour) => Math.floor(hour / 24));
  const fromHour = isFound ? quietest(byHour, NIGHT_HOURS, USUAL_NIGHT) : USUAL_NIGHT;
  const firstDay = isFound ? quietest(byDay, WEEKEND_DAYS, USUAL_WEEKEND) : USUAL_WEEKEND;
  return {
    fromHour,
    toHour: (fromHour + NIGHT_HOURS) % 24,
    firstDay,
    isFound,
  };
}

/** Whether an hour of the week (0 is Monday from 00:00 to 01:00, in UTC) is quiet. */
export function isQuiet({fromHour, firstDay}: QuietTime, hourOfWeek: number): boolean {
  return (
    (Math.floor(hourOfWeek / 24) - firstDay + 7) % 7 < WEEKEND_DAYS ||
    ((hourOfWeek % 24) - fromHour + 24) % 24 < NIGHT_HOURS
  );
}

function fold(week: readonly number[], length: number, place: (hour: number) => number): number[] {
  const sums = Array.from({length}, () => 0);
  week.forEach((count, hour) => {
    sums[place(hour)] = (sums[place(hour)] ?? 0) + count;
  });
  return sums;
}

/** Where the quietest `length` neighbours begin, in a circle; of equals the usual one. */
function quietest(counts: readonly number[], length: number, usual: number): number {
  const sumFrom = (start: number): number =>
    Array.from({length}, (_, index) => counts[(start + index) % counts.length] ?? 0).reduce(
      (sum, count) => sum + count,
      0,
    );
  return counts.reduce((best, _, start) => (sumFrom(start) < sumFrom(best) ? start : best), usual);
}
