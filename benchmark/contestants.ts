import {airbyteCommand} from './airbyte-peer';
import {BENCH_PROGRAM, CONNECTOR} from './repository';
import type {ServedLog} from './served-log';

export type ContestantName =
  | 'connector'
  | 'bare client'
  | 'bare bytes'
  | 'airbyte-cdk, 1000 a page'
  | 'airbyte-cdk, 25 a page';

/** What a contestant may find beside the log. */
export interface Setting {
  readonly log: ServedLog;
  /** The connector's settings and catalog for this log. */
  readonly settings: string;
  readonly catalog: string;
  /** A folder for files of its own. */
  readonly folder: string;
}

/** One way to read a whole log; each run is a process of its own. */
export interface Contestant {
  readonly name: ContestantName;
  command(setting: Setting): readonly string[];
  /** Whether it writes a line a record to stdout. */
  readonly writesRecords: boolean;
  /** The largest log it is given with no delay, and with one: a larger one would take too long. */
  readonly mostRecords: {readonly undelayed: number; readonly delayed: number};
}

const ANY = {undelayed: Infinity, delayed: Infinity};

export const CONNECTOR_READ: Contestant = {
  name: 'connector',
  command: ({settings, catalog}) => [CONNECTOR, 'read', '--config', settings, '--catalog', catalog],
  writesRecords: true,
  mostRecords: ANY,
};

export const BARE_CLIENT: Contestant = {
  name: 'bare client',
  command: ({log}) => bareCommand('bare-client', log),
  writesRecords: false,
  mostRecords: ANY,
};

export const BARE_BYTES: Contestant = {
  name: 'bare bytes',
  command: ({log}) => bareCommand('bare-bytes', log),
  writesRecords: false,
  mostRecords: ANY,
};

/** Airbyte's own way, as it ships it, and with the largest page that the API grants. */
export const AIRBYTE: readonly Contestant[] = [
  {
    name: 'airbyte-cdk, 1000 a page',
    command: ({log, folder}) => airbyteCommand(log, 1000, folder),
    writesRecords: true,
    mostRecords: {undelayed: 1_000_000, delayed: 100_000},
  },
  {
    name: 'airbyte-cdk, 25 a page',
    command: ({log, folder}) => airbyteCommand(log, 25, folder),
    writesRecords: true,
    mostRecords: {undelayed: 100_000, delayed: 10_000},
  },
];

function bareCommand(role: string, {auditUrl, settings, plan}: ServedLog): string[] {
  const {email, api_token} = settings;
  const records = String(plan.records);
  return [process.execPath, BENCH_PROGRAM, role, auditUrl, email, api_token, records];
}
