import type {IncomingHttpHeaders, ServerResponse} from 'node:http';
import type {AuditLog} from './audit-log';
import {honest, type Lies} from './lies';

/** The log's retention, as `GET /audit/retention` answers it. */
export interface RetentionPeriod {
  number: number;
  units: 'MINUTES' | 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS' | 'YEARS' | 'FOREVER';
}

/** One exchange as the sandbox saw it. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  /** The query, decoded; of a repeated parameter the last value. */
  readonly params: Params;
  readonly headers: IncomingHttpHeaders;
  /** The answer's status; 0 while, and if, there is none. */
  status: number;
  /** When it came in: epoch ms of the machine's clock, also if the server's clock is a script. */
  readonly at: number;
}

/** Whether a request asks for audit records: neither for the tenant nor for the retention. */
export function isAuditRequest({path}: SandboxRequest): boolean {
  return path.endsWith('/wiki/rest/api/audit');
}

export interface Params {
  startDate?: string;
  endDate?: string;
  searchString?: string;
  start?: string;
  limit?: string;
  [unknown: string]: string | undefined;
}

/** How the sandbox behaves; everything but `port` may be changed while it runs. */
export interface SandboxBehaviour extends Lies {
  log: AuditLog;
  cloudId: string;
  email: string;
  token: string;
  /** Host of the site that `_links.base` names; never a host that this sandbox serves. */
  site: string;
  /** The server's clock, epoch ms: the Date header, late records' visibility, retention. */
  now: () => number;
  /** Whether to compress for clients that accept gzip. */
  gzip: boolean;
  /** Added to every answer that is not intercepted. */
  delayMs: number;
  /** Hides what is older. Absent: nothing is hidden, and the endpoint says a year, the default. */
  retention: RetentionPeriod | undefined;
  plan: 'standard' | 'free';
  isAdmin: boolean;
  scopes: string[];
  /**
   * A test's script, called before the normal handling; true says that it has answered or destroyed
   * the exchange itself. The Date header is already set on the response.
   */
  intercept: Intercept | undefined;
}

export type Intercept = (
  request: SandboxRequest,
  response: ServerResponse,
) => boolean | Promise<boolean>;

/** What startSandbox takes: the log, and whatever shall differ from the defaults. */
export type SandboxOptions = Partial<SandboxBehaviour> & {log: AuditLog; port?: number};

/** The scope that the audit log asks for. */
export const AUDIT_SCOPE = 'read:audit-log:confluence';

/** A Confluence Cloud as the facts describe it, with an account that may read the audit log. */
export function withDefaults(options: SandboxOptions): SandboxBehaviour {
  return {
    ...honest(),
    cloudId: '5e1f3a52-9a4c-4c0e-8f53-6a0c1b8d2f10',
    email: 'auditor@acme.example',
    token: 'ATATT3xSandbox-Token_0=4F1C9B2E',
    site: 'acme.atlassian.net',
    now: Date.now,
    gzip: true,
    delayMs: 0,
    retention: undefined,
    plan: 'standard',
    isAdmin: true,
    scopes: [AUDIT_SCOPE],
    intercept: undefined,
    ...options,
  };
}
