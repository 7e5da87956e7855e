import {
  AirbyteConnectionStatus,
  AirbyteConnectionStatusMessage,
  type AirbyteConfig,
  type AirbyteConfiguredCatalog,
  type AirbyteState,
} from '@faros-ai/airbyte-cdk/lib/protocol';

import {Failure, toFailure} from '../errors';
import type {ConfluenceAuditLogsSource} from '../source';
import {firstStreamOf} from './catalog';
import {readJson} from './command-line';
import type {Log} from './log';
import {Mask, proxySecretsIn, secretsIn} from './mask';
import {type StreamDescriptor, streamStatus, traceError} from './messages';
import type {Output} from './output';

/** A reader that goes away is noticed after twice as much at most. */
const SILENCE_MS = 3_000;

/** Paths by what they are: `config`, `catalog`, `state`. */
type Files = Readonly<Record<string, string>>;

/**
 * Runs a source by Airbyte's command line: the four commands, their messages and exit codes. It
 * stands in for the CDK's runner; docs/decisions/0002 says why.
 */
export class Runner {
  /** Tells of a failure as the running command has to. */
  private tell = (failure: Failure): void => this.tellError(failure);

  constructor(
    private readonly source: ConfluenceAuditLogsSource,
    private readonly output: Output,
    private readonly log: Log,
  ) {}

  /** Resolves when all is written; whatever fails is told on the way, and in the exit code. */
  async run(name: string, files: Files): Promise<void> {
    const {source, output} = this;
    try {
      switch (name) {
        case 'spec':
          output.write(await source.spec());
          break;
        case 'check':
          this.tell = ({message}) => {
            const status = AirbyteConnectionStatus.FAILED;
            output.write(new AirbyteConnectionStatusMessage({status, message}));
          };
          output.write(await source.check(this.readSettings(files)));
          break;
        case 'discover':
          output.write(await source.discover(this.readSettings(files)));
          break;
        default:
          await this.read(files);
      }
      await output.end();
    } catch (error) {
      await this.fail(error);
    }
  }

  /** Ends the running command with a failure, also one that nobody caught. Resolves when it is written. */
  async fail(thrown: unknown): Promise<void> {
    try {
      this.tell(toFailure(thrown));
    } catch {
      // Whatever could not be told must not end it in silence: this text can.
      this.tell(
        new Failure('bug', 'The connector failed, and failed to tell how. Please report this.'),
      );
    }
    await this.output.end();
  }

  private async read(files: Files): Promise<void> {
    const settings = this.readSettings(files);
    const catalog = readJson(files['catalog']!, 'configured catalog') as AirbyteConfiguredCatalog;
    const stream = firstStreamOf(catalog);
    this.tell = (failure) => this.tellError(failure, stream);
    const state = files['state'] === undefined ? {} : readJson(files['state'], 'state');
    const pulse = setInterval(() => this.output.breakSilence(), SILENCE_MS);
    for await (const message of this.source.readLines(settings, catalog, state as AirbyteState)) {
      this.output.write(message);
      await this.output.drained();
    }
    clearInterval(pulse);
  }

  private tellError(failure: Failure, stream?: StreamDescriptor): void {
    process.exitCode = 1;
    const {message, detail} = failure;
    this.log.error(detail === undefined || detail === message ? message : `${message} (${detail})`);
    this.output.write(traceError(failure, stream));
    if (stream) {
      this.output.write(streamStatus(stream, 'INCOMPLETE'));
    }
  }

  private readSettings(files: Files): AirbyteConfig {
    const settings = readJson(files['config']!, 'settings') as AirbyteConfig;
    this.output.mask = new Mask([...secretsIn(settings), ...proxySecretsIn(process.env)]);
    return settings;
  }
}
