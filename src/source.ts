import {
  AirbyteCatalogMessage,
  AirbyteConnectionStatus,
  AirbyteConnectionStatusMessage,
  AirbyteSpec,
  type AirbyteConfig,
  type AirbyteConfiguredCatalog,
  type AirbyteMessage,
  type AirbyteState,
} from '@faros-ai/airbyte-cdk/lib/protocol';
import {AirbyteSource} from '@faros-ai/airbyte-cdk/lib/sources/source';

import spec from '../resources/spec.json';
import {parseCatalog} from './airbyte/catalog';
import type {Log} from './airbyte/log';
import {rateLimited, type StreamDescriptor, streamStatus} from './airbyte/messages';
import type {Output} from './airbyte/output';
import type {Clock} from './clock';
import {parseConfig} from './config';
import {connect, type ConnectDeps, type Observer} from './confluence/connect';
import {toFailure} from './errors';
import {createHttpClient} from './http/client';
import {parseState} from './stream/state';
import {AUDIT_RECORDS} from './stream/audit-records';
import {formatTime} from './stream/format';
import {readAuditRecords} from './stream/read';

/** `check` has to give up within a minute: with what Airbyte takes around it, this leaves room. */
const CHECK_PATIENCE = {maxTries: 3, withinMs: 50_000, timeoutMs: 16_000};
const READ_PATIENCE = {maxTries: 8, withinMs: Infinity, timeoutMs: 60_000};
const STREAM: StreamDescriptor = {name: AUDIT_RECORDS.name};

/** The source: what Airbyte's four commands do. */
export class ConfluenceAuditLogsSource extends AirbyteSource<AirbyteConfig> {
  constructor(
    private readonly output: Output,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async spec(): Promise<AirbyteSpec> {
    return new AirbyteSpec(spec);
  }

  /** Asks the audit endpoint itself for one record, so that all that a read needs is tried. */
  override async check(settings: AirbyteConfig): Promise<AirbyteConnectionStatusMessage> {
    try {
      const config = parseConfig(settings);
      const {api} = await connect(config, CHECK_PATIENCE, this.depsWith(this.logObserver));
      await api.getPage({limit: 1});
      this.log.info('Check succeeded: this account can read the audit log.');
      return new AirbyteConnectionStatusMessage({status: AirbyteConnectionStatus.SUCCEEDED});
    } catch (error) {
      const {message, detail} = toFailure(error);
      this.log.error(`Check failed: ${message}${detail === undefined ? '' : ` ${detail}`}`);
      return new AirbyteConnectionStatusMessage({status: AirbyteConnectionStatus.FAILED, message});
    }
  }

  /** @throws Failure if the settings are not valid */
  override async discover(settings: AirbyteConfig): Promise<AirbyteCatalogMessage> {
    parseConfig(settings);
    return new AirbyteCatalogMessage({streams: [AUDIT_RECORDS]});
  }

  /** @throws Failure after what is complete has been yielded */
  override async *read(
    settings: AirbyteConfig,
    _redactedSettings: AirbyteConfig,
    catalog: AirbyteConfiguredCatalog,
    savedState: AirbyteState,
  ): AsyncGenerator<AirbyteMessage> {
    const {clock, log} = this;
    parseCatalog(catalog, STREAM.name);
    yield streamStatus(STREAM, 'STARTED');
    const config = parseConfig(settings);
    const state = parseState(savedState, STREAM.name);
    yield streamStatus(STREAM, 'RUNNING');
    const {api, cloudId} = await connect(config, READ_PATIENCE, this.depsWith(this.streamObserver));
    const {lookbackMs, backfillStartMs} = config;
    const deps = {api, cloudId, stream: STREAM, state, backfillStartMs, lookbackMs, clock, log};
    yield* readAuditRecords(deps) as AsyncGenerator<AirbyteMessage>;
    yield streamStatus(STREAM, 'COMPLETE');
  }

  private depsWith(observer: Observer): ConnectDeps {
    return {clock: this.clock, observer, createHttpClient};
  }

  /** Waits and requests, as log lines. */
  private readonly logObserver: Observer = {
    onWait: ({ms, tries, failure}) => {
      const untilMs = Math.ceil(this.clock.now() + ms);
      this.log.warn(
        `${failure.message} Try ${tries} failed; the next one is at ${formatTime(untilMs)}.`,
      );
    },
    onExchange: ({path, status, ms, traceId}) => {
      const trace = traceId === undefined ? '' : `, trace id ${traceId}`;
      this.log.debug(`GET ${path}: ${status} in ${ms} ms${trace}`);
    },
  };

  /** As log lines, and where the rate is limited as a status of the stream. */
  private readonly streamObserver: Observer = {
    ...this.logObserver,
    onWait: (wait) => {
      if (wait.isRateLimited) {
        this.output.write(rateLimited(STREAM, Math.ceil(this.clock.now() + wait.ms)));
      }
      this.logObserver.onWait(wait);
    },
  };
}
