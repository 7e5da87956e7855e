import {AuditLog} from './audit-log';
import type {AuditRecord} from './audit-record';
import {type AuditQuery, BadParameter, parseAuditQuery} from './audit-query';
import {recordsIn, rowsOf} from './filtered-rows';
import {type Answer, confluenceError, json} from './error-bodies';
import type {RetentionPeriod, SandboxBehaviour} from './options';
import type {Selection} from './selection';
import {spell} from './spelling';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const UNIT_MS: Record<RetentionPeriod['units'], number> = {
  MINUTES: MINUTE_MS,
  HOURS: 60 * MINUTE_MS,
  DAYS: DAY_MS,
  WEEKS: 7 * DAY_MS,
  MONTHS: (365.25 / 12) * DAY_MS,
  YEARS: 365.25 * DAY_MS,
  FOREVER: Number.POSITIVE_INFINITY,
};

/** Answers `GET /wiki/rest/api/audit`: one page of records, or 400 naming the parameter. */
export function answerAudit(query: URLSearchParams, behaviour: SandboxBehaviour): Answer {
  try {
    return auditPage(query, parseAuditQuery(query, behaviour), behaviour);
  } catch (error) {
    if (error instanceof BadParameter) return confluenceError(400, error.message);
    throw error;
  }
}

/** Answers `GET /wiki/rest/api/audit/retention`; by default a year, the most Confluence keeps. */
export function answerRetention(query: URLSearchParams, behaviour: SandboxBehaviour): Answer {
  const [unknown] = query.keys();
  if (unknown !== undefined) return confluenceError(400, `Unknown query parameter: ${unknown}`);
  return json(200, behaviour.retention ?? {number: 1, units: 'YEARS'});
}

function auditPage(raw: URLSearchParams, query: AuditQuery, behaviour: SandboxBehaviour): Answer {
  const found = select(query, behaviour);
  const {start, limit, askedLimit} = query;
  const {filteredRows, capNotice} = behaviour;
  const length = rowsOnPage(limit, behaviour);
  const skipped = Math.min(start, behaviour.mostStart);
  const first = recordsIn(skipped, filteredRows);
  const shown = recordsIn(skipped + length, filteredRows) - first;
  const entries = found.page(first, shown, behaviour);
  const rows = rowsOf(found.total, filteredRows);
  const count = Math.max(0, Math.min(shown, found.total - first));
  const base = `https://${behaviour.site}/wiki`;
  const echoed = raw.toString();
  const links = {
    base,
    context: '/wiki',
    self: `${base}/rest/api/audit${echoed && '?'}${echoed}`,
    next: saysNext(behaviour, {count, more: limit > 0 && start + length < rows})
      ? nextLink(raw, limit, start + length)
      : undefined,
  };
  const envelope = {
    start,
    limit: {said: limit, echo: askedLimit, silent: undefined}[capNotice],
    size: {page: count, total: found.total, zero: 0, absent: undefined}[behaviour.size],
    _links: links,
  };
  const frame = spell({results: [], ...envelope}, behaviour.log.spelling);
  const opened = frame.indexOf('[') + 1;
  const [head, tail] = [frame.slice(0, opened), frame.slice(opened)];
  return {status: 200, body: [Buffer.from(head), ...withoutLastComma(entries), Buffer.from(tail)]};
}

function rowsOnPage(limit: number, {pageCut, random}: SandboxBehaviour): number {
  return pageCut === 'never' ? limit : Math.ceil(random() * limit);
}

function saysNext(
  {nextLink: when, random}: SandboxBehaviour,
  {count, more}: {count: number; more: boolean},
): boolean {
  if (when === 'always') return true;
  if (when === 'sometimes') return more && random() < 0.5;
  if (when === 'on empty') return more || count === 0;
  return more && when;
}

function select(
  {range, searchString}: AuditQuery,
  {log, now, retention, replicaLagMs, random}: SandboxBehaviour,
): Selection {
  const isLagging = replicaLagMs > 0 && random() < 0.5;
  const serverTime = isLagging ? now() - replicaLagMs : now();
  const kept = retention ? serverTime - retention.number * UNIT_MS[retention.units] : -Infinity;
  const newest = isLagging ? Math.min(range.to, serverTime) : range.to;
  const visible = {from: Math.max(range.from, kept), to: newest};
  const found = log.select(visible, serverTime);
  if (searchString === '') return found;
  return AuditLog.from(matching(found.records(), searchString)).select(visible);
}

/** "Records that have string property values matching the searchString": here, containing it. */
function* matching(records: Iterable<AuditRecord>, searchString: string): Generator<AuditRecord> {
  const wanted = searchString.toLowerCase();
  const matches = (value: unknown): boolean => {
    if (typeof value === 'string') return value.toLowerCase().includes(wanted);
    return typeof value === 'object' && value !== null && Object.values(value).some(matches);
  };
  for (const record of records) if (matches(record)) yield record;
}

/**
 * Relative to the site's `/wiki` and without that prefix, as captured; it does not lead to the
 * gateway, and offset paging is all there is: no cursor.
 */
function nextLink(raw: URLSearchParams, limit: number, start: number): string {
  const next = new URLSearchParams();
  for (const name of ['startDate', 'endDate', 'searchString']) {
    const value = raw.get(name);
    if (value !== null) next.set(name, value);
  }
  next.set('limit', String(limit));
  next.set('start', String(start));
  return `/rest/api/audit?${next.toString()}`;
}

function withoutLastComma(entries: Buffer[]): Buffer[] {
  const last = entries.at(-1);
  return last ? [...entries.slice(0, -1), last.subarray(0, -1)] : [];
}
