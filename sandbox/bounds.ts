import type {TimeRange} from './audit-log';
import type {Lies} from './lies';

const UNIT_MS: Record<Lies['boundsUnit'], number> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  day: 86_400_000,
};

/** What a server with such bounds takes for what was asked (epoch ms, both inclusive). */
export function understoodRange(
  {from, to}: TimeRange,
  {boundsUnit, boundsRounding, startInclusive, endInclusive}: Lies,
): TimeRange {
  const unit = UNIT_MS[boundsUnit];
  const down = (moment: number): number => Math.floor(moment / unit) * unit;
  const up = (moment: number): number => Math.ceil(moment / unit) * unit;
  const nearest = (moment: number): number => Math.round(moment / unit) * unit;
  const [roundStart, roundEnd] = {
    down: [down, down],
    inwards: [up, down],
    outwards: [down, up],
    nearest: [nearest, nearest],
  }[boundsRounding] as [typeof down, typeof down];
  const [start, end] = [roundStart(from), roundEnd(to)];
  return {from: startInclusive ? start : start + 1, to: endInclusive ? end : end - 1};
}
