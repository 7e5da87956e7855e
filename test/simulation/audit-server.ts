import type {Random} from '../../sandbox/random';
import type {Behaviour, Rounding} from './behaviour';
import type {Happening} from './happening';

const GRAINS = {second: 1000, minute: 60_000, day: 86_400_000} as const;
const DEFAULT_LIMIT = 1000;

/** What an answer holds. */
export interface AuditAnswer {
  readonly body: string;
  /** The records that it shows, as they were sent, in order. */
  readonly shown: readonly string[];
}

/** The audit endpoint over a log in memory, as honest as its behaviour. It knows neither time nor HTTP. */
export class AuditServer {
  private readonly grain: Grain;

  constructor(
    private readonly behaviour: Behaviour,
    private readonly random: Random,
  ) {
    this.grain = grainOf(behaviour.rounding);
  }

  /**
   * Answers a request for audit records.
   * @param rows what is visible by now, by ingestion, the first first
   */
  answer(query: URLSearchParams, rows: readonly Happening[]): AuditAnswer {
    const {behaviour} = this;
    const asked = Number(query.get('limit') ?? DEFAULT_LIMIT);
    const limit = Math.min(asked, behaviour.cap);
    const start = this.startOf(Number(query.get('start') ?? 0));
    const found = this.sort(this.select(query, rows));
    const page = found.slice(start, start + this.rowsOf(limit));
    const shown = page.flatMap(({json}) => json ?? []);
    const hasMore = start + page.length < found.length;
    const next = this.hasNext(hasMore, page.length === limit)
      ? {next: `/rest/api/audit?next=true&limit=${limit}&start=${start + page.length}`}
      : {};
    const rest = JSON.stringify({
      start,
      ...this.limitSaid(limit, asked),
      ...this.sizeSaid(shown.length, found.length),
      _links: {base: 'https://acme.atlassian.net/wiki', context: '/wiki', ...next},
    });
    return {body: `{"results":[${shown.join(',')}],${rest.slice(1)}`, shown};
  }

  private select(query: URLSearchParams, rows: readonly Happening[]): Happening[] {
    const {startBound, endBound} = this.behaviour;
    const from = query.get('startDate');
    const to = query.get('endDate');
    const fromMs = from === null ? -Infinity : roundStart(Number(from), this.grain);
    const toMs = to === null ? Infinity : roundEnd(Number(to), this.grain);
    return rows.filter(
      ({timeMs}) =>
        (startBound === 'inclusive' ? timeMs >= fromMs : timeMs > fromMs) &&
        (endBound === 'inclusive' ? timeMs <= toMs : timeMs < toMs),
    );
  }

  private sort(rows: Happening[]): Happening[] {
    const {order, ties} = this.behaviour;
    if (order === 'anew') {
      return this.shuffle(rows);
    }
    if (order === 'none') {
      return rows.sort((a, b) => scatter(a) - scatter(b));
    }
    if (order === 'by ingestion') {
      return rows.toReversed();
    }
    if (ties === 'anew') {
      this.shuffle(rows);
    } else if (ties === 'reversed') {
      rows.reverse();
    }
    return rows.sort((a, b) =>
      order === 'newest first' ? b.timeMs - a.timeMs : a.timeMs - b.timeMs,
    );
  }

  private shuffle(rows: Happening[]): Happening[] {
    for (let at = rows.length - 1; at > 0; at--) {
      const other = this.random.integer(0, at);
      [rows[at], rows[other]] = [rows[other]!, rows[at]!];
    }
    return rows;
  }

  private startOf(asked: number): number {
    const {start} = this.behaviour;
    if (typeof start === 'object') {
      return Math.min(asked, start.clampedTo);
    }
    return start === 'ignored' ? 0 : asked;
  }

  private rowsOf(limit: number): number {
    return this.behaviour.pages === 'full' ? limit : this.random.integer(1, limit);
  }

  private hasNext(hasMore: boolean, isFull: boolean): boolean {
    switch (this.behaviour.next) {
      case 'honest':
        return hasMore;
      case 'always':
        return true;
      case 'never':
        return false;
      case 'now and then':
        return this.random.chance(0.5);
      case 'after a full page':
        return isFull;
    }
  }

  private limitSaid(granted: number, asked: number): {limit?: number} {
    const {limitSaid} = this.behaviour;
    return limitSaid === 'absent' ? {} : {limit: limitSaid === 'asked' ? asked : granted};
  }

  private sizeSaid(page: number, total: number): {size?: number} {
    const sizes = {page, total, zero: 0};
    const {size} = this.behaviour;
    return size === 'absent' ? {} : {size: sizes[size]};
  }
}

/** The way that bounds are rounded, and to what. */
interface Grain {
  readonly way: string;
  readonly ms: number;
}

function grainOf(rounding: Rounding): Grain {
  const [way = '', , , grain] = rounding.split(' ');
  return {way, ms: rounding === 'none' ? 1 : GRAINS[grain as keyof typeof GRAINS]};
}

function roundStart(timeMs: number, {way, ms}: Grain): number {
  const round = {inward: Math.ceil, nearest: Math.round}[way] ?? Math.floor;
  return round(timeMs / ms) * ms;
}

function roundEnd(timeMs: number, {way, ms}: Grain): number {
  const floor = Math.floor(timeMs / ms) * ms;
  const nearest = Math.round(timeMs / ms) * ms;
  return {outward: floor + ms - 1, nearest}[way] ?? floor;
}

const places = new WeakMap<Happening, number>();

/** A place that has nothing to do with time, and is the same in every answer. */
function scatter(row: Happening): number {
  const place = places.get(row) ?? placeOf(row);
  places.set(row, place);
  return place;
}

function placeOf({timeMs, json = ''}: Happening): number {
  let mixed = Math.imul(timeMs % 2 ** 31, 0x9e3779b1) ^ json.length;
  for (let at = 0; at < json.length; at += 7) {
    mixed = Math.imul(mixed ^ json.charCodeAt(at), 0x85ebca6b);
  }
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
