import {Random} from './random';
import type {ServingOrder} from './serving-order';

/** What an answer may say or show that is not so. The defaults lie about nothing. */
export interface Lies extends ServingOrder {
  /** The server's fixed limit of records a page. */
  pageCap: number;
  /** Whether a page has as many rows as it may, or is cut anywhere, as by a gateway that counts bytes. */
  pageCut: 'never' | 'anywhere';
  /** Whether `limit` in an answer is what was granted, echoes what was asked for, or is left out. */
  capNotice: 'said' | 'echo' | 'silent';
  /**
   * When an answer carries `_links.next`. true: while there is more; false: never; on empty: on an
   * empty page, too (seen for limit=0); sometimes: half of the times that it should.
   */
  nextLink: boolean | 'always' | 'sometimes' | 'on empty';
  /** What `size` says: the records of this page, of the whole query, 0, or nothing. */
  size: 'page' | 'total' | 'zero' | 'absent';
  startInclusive: boolean;
  endInclusive: boolean;
  /** The grain of both bounds. down: cut off; inwards: fewer records than asked for; outwards: more; nearest: either. */
  boundsUnit: 'millisecond' | 'second' | 'minute' | 'day';
  boundsRounding: 'down' | 'inwards' | 'outwards' | 'nearest';
  /**
   * Rows that offsets count and no answer shows: so many after each record, and a run of a hundred
   * times as many after each hundredth, so that pages are thin, and empty ones have more after them.
   */
  filteredRows: number;
  /** A larger `start` is taken as this one; 0: `start` is ignored. */
  mostStart: number;
  /** Half of the answers come from a replica that lacks what is younger than this. 0: there is none. */
  replicaLagMs: number;
  /** Whether answers carry a Date. */
  dateHeader: boolean;
  /** Added to the Date, of each answer or of the server's first. */
  dateSkewMs: number;
  dateSkew: 'always' | 'once';
  /** Decides all that is left to chance: uniform in [0, 1). */
  random: () => number;
}

/** The server as the documentation and the captures describe it; chance is seeded. */
export function honest(): Lies {
  const chance = new Random(1);
  return {
    pageCap: 1000,
    pageCut: 'never',
    capNotice: 'said',
    nextLink: true,
    size: 'page',
    order: 'newest first',
    tieOrder: 'stable',
    startInclusive: true,
    endInclusive: true,
    boundsUnit: 'millisecond',
    boundsRounding: 'down',
    filteredRows: 0,
    mostStart: Number.POSITIVE_INFINITY,
    replicaLagMs: 0,
    dateHeader: true,
    dateSkewMs: 0,
    dateSkew: 'always',
    random: () => chance.next(),
  };
}
