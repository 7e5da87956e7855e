import type {TimeRange} from './audit-log';
import {understoodRange} from './bounds';
import type {Params, SandboxBehaviour} from './options';

/** A request for audit records, understood. */
export interface AuditQuery {
  range: TimeRange;
  searchString: string;
  start: number;
  /** What was asked for, and what of it is granted. */
  askedLimit: number;
  limit: number;
}

/** A parameter that the documentation does not allow; the message names it. */
export class BadParameter extends Error {}

const KNOWN = new Set(['startDate', 'endDate', 'searchString', 'start', 'limit']);
const LARGEST_INT32 = 2 ** 31 - 1;
const DEFAULT_LIMIT = 1000;

/**
 * Reads the documented parameters of getAuditRecords. Stricter than the real server, which ignores
 * unknown names and takes ISO dates too: a client that relies on either has a bug to hide.
 * @throws BadParameter on any other parameter, a repeated one, or a value out of its type.
 */
export function parseAuditQuery(query: URLSearchParams, behaviour: SandboxBehaviour): AuditQuery {
  for (const name of query.keys()) {
    if (!KNOWN.has(name)) throw new BadParameter(`Unknown query parameter: ${name}`);
    if (query.getAll(name).length > 1) throw new BadParameter(`Repeated query parameter: ${name}`);
  }
  const startDate = moment(query, 'startDate') ?? Number.NEGATIVE_INFINITY;
  const endDate = moment(query, 'endDate') ?? Number.POSITIVE_INFINITY;
  if (startDate > endDate) throw new BadParameter('startDate must not be after endDate');
  const askedLimit = int32(query, 'limit') ?? DEFAULT_LIMIT;
  return {
    range: understoodRange({from: startDate, to: endDate}, behaviour),
    searchString: query.get('searchString') ?? '',
    start: int32(query, 'start') ?? 0,
    askedLimit,
    limit: Math.min(askedLimit, behaviour.pageCap),
  };
}

/** The query of a request as a plain object, for a test to look at. */
export function paramsOf(query: URLSearchParams): Params {
  return Object.fromEntries(query);
}

function moment(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,16}$/.test(text)) {
    throw new BadParameter(`${name} must be epoch milliseconds, not '${text}'`);
  }
  return Number(text);
}

function int32(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value > LARGEST_INT32) {
    throw new BadParameter(`${name} must be an int32 of at least 0, not '${text}'`);
  }
  return value;
}
