import {
  AirbyteCatalogMessage,
  type AirbyteConfig,
  type AirbyteConfiguredCatalog,
  type AirbyteConnectionStatusMessage,
  type AirbyteMessage,
  AirbyteSpec,
  type AirbyteState,
  SyncMode,
} from '@faros-ai/airbyte-cdk/lib/protocol';
import {AirbyteSource} from '@faros-ai/airbyte-cdk/lib/sources/source';

import spec from '../resources/spec.json';
import {AUDIT_RECORDS, parseCatalog} from './airbyte/catalog';
import {checked, type Log, STREAM, streamStatus} from './airbyte/messages';
import {type Clock, formatTime} from './clock';
import {type Config, parseConfig} from './config';
import {type AuditApi, formatRetention} from './confluence/audit-api';
import {Failure, toFailure} from './errors';
import type {HttpClient} from './http/client';
import type {Patience} from './http/requests';
import {parseState} from './stream/state';

/** `check` has to give up within a minute: with what Airbyte takes around it, this leaves room. */
const CHECK_PATIENCE = {maxTries: 3, withinMs: 50_000, timeoutMs: 20_000};
const READ_PATIENCE = {maxTries: 8, withinMs: Infinity, timeoutMs: 60_000};

/** What a source needs from outside. */
export interface SourceDeps {
  /** Takes what is to be told while a request waits, beside the messages that `read` yields. */
  readonly output: {write(message: AirbyteMessage): void};
  readonly log: Log;
  readonly clock: Clock;
  /** In place of the one that asks the network. */
  readonly http?: HttpClient;
}

/** The source: what Airbyte's four commands do. Each throws a Failure, but `check`, which tells it. */
export class ConfluenceAuditLogsSource extends AirbyteSource<AirbyteConfig> {
  /** Until when the API limits the rate of a read, epoch ms. */
  private limitedUntilMs = 0;

  constructor(private readonly deps: SourceDeps) {
    super();
  }

  override async spec(): Promise<AirbyteSpec> {
    return new AirbyteSpec(spec);
  }

  /** Asks the audit endpoint itself for one record, so that all that a read needs is tried. */
  override async check(settings: AirbyteConfig): Promise<AirbyteConnectionStatusMessage> {
    try {
      const config = this.parse(settings);
      const api = await this.connect(config, CHECK_PATIENCE);
      this.deps.log.info(await describeFound(config, api));
      return checked();
    } catch (error) {
      const failure = toFailure(error);
      this.deps.log.error(`Check failed: ${failure.inFull}`);
      return checked(failure);
    }
  }

  override async discover(settings: AirbyteConfig): Promise<AirbyteCatalogMessage> {
    this.parse(settings);
    return new AirbyteCatalogMessage({streams: [AUDIT_RECORDS]});
  }

  /** As the CDK's runner wants it: each RECORD is a message of its own. */
  override async *read(
    settings: AirbyteConfig,
    _redactedSettings: AirbyteConfig,
    catalog: AirbyteConfiguredCatalog,
    savedState: AirbyteState,
  ): AsyncGenerator<AirbyteMessage> {
    for await (const message of this.readLines(settings, catalog, savedState)) {
      if (Buffer.isBuffer(message)) {
        const lines = message.toString('utf8').split('\n').slice(0, -1);
        yield* lines.map((line) => JSON.parse(line) as AirbyteMessage);
      } else {
        yield message;
      }
    }
  }

  /** RECORDs come as the bytes of their lines: no object is made of what is only handed on. */
  async *readLines(
    settings: AirbyteConfig,
    catalog: AirbyteConfiguredCatalog,
    savedState: AirbyteState,
  ): AsyncGenerator<AirbyteMessage | Buffer> {
    const {clock, log, output} = this.deps;
    const syncMode = parseCatalog(catalog);
    yield streamStatus(STREAM, 'STARTED');
    const config = this.parse(settings);
    const {backfillStartMs, lookbackMs} = config;
    const state = parseState(savedState);
    if (syncMode === SyncMode.FULL_REFRESH && !state && backfillStartMs === undefined) {
      throw new Failure(
        'input',
        'A full refresh without a backfill start would empty the table at each sync, since it fetches no past record. Set Backfill Start Time, or choose an incremental sync mode.',
      );
    }
    yield streamStatus(STREAM, 'RUNNING');
    const api = await this.connect(config, READ_PATIENCE, (untilMs) => {
      this.limitedUntilMs = untilMs;
      output.write(this.status());
    });
    // Loaded when it is needed: `spec` is to start about as fast as Node does.
    const {readAuditRecords} = require('./stream/read') as typeof import('./stream/read');
    yield* readAuditRecords({api, state, backfillStartMs, lookbackMs, clock, log});
    yield streamStatus(STREAM, 'COMPLETE');
  }

  /** The status of a read that is on its way. */
  status(): AirbyteMessage {
    const untilMs = this.limitedUntilMs;
    const limited = {type: 'RATE_LIMITED', rate_limited: {quota_reset: untilMs}};
    const isLimited = untilMs > this.deps.clock.now();
    return streamStatus(STREAM, 'RUNNING', isLimited ? {reasons: [limited]} : {});
  }

  private parse(settings: AirbyteConfig): Config {
    const config = parseConfig(settings, this.deps.clock.now());
    config.warnings.forEach((warning) => this.deps.log.warn(warning));
    return config;
  }

  private connect(
    config: Config,
    patience: Patience,
    onLimit = (_untilMs: number): void => undefined,
  ): Promise<AuditApi> {
    const {http, clock, log} = this.deps;
    // Loaded when it is needed, likewise.
    const {connect} = require('./confluence/connect') as typeof import('./confluence/connect');
    return connect(config, http, patience, {clock, log, onLimit});
  }
}

/** What a check found, for the person who set the connection up. */
async function describeFound({backfillStartMs}: Config, api: AuditApi): Promise<string> {
  const newestMs = await findNewest(api);
  const retention = await api.getRetention();
  const found = [
    `Check succeeded: cloud id ${api.cloudId} can be read.`,
    newestMs === undefined
      ? 'Its audit log shows no record.'
      : `The newest record that its audit log shows is of ${formatTime(newestMs)}.`,
    retention && `It keeps records for ${formatRetention(retention)}.`,
    backfillStartMs === undefined
      ? 'A first sync will fetch no past record, since no Backfill Start Time is set.'
      : `A first sync will start at ${formatTime(backfillStartMs)}.`,
  ];
  return found.filter(Boolean).join(' ');
}

/** The time of the newest record, epoch ms, by two requests: where newest first is no lie, the second shows none. */
async function findNewest(api: AuditApi): Promise<number | undefined> {
  const [first] = (await api.getPage({limit: 1})).page.records;
  if (first === undefined) {
    return undefined;
  }
  const {page} = await api.getPage({startDate: first.timeMs + 1, limit: 1000});
  return Math.max(first.timeMs, ...page.records.map(({timeMs}) => timeMs));
}
