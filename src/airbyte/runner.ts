import type {
  AirbyteConfig,
  AirbyteConfiguredCatalog,
  AirbyteState,
} from '@faros-ai/airbyte-cdk/lib/protocol';

import {systemClock} from '../clock';
import {toFailure} from '../errors';
import {ConfluenceAuditLogsSource} from '../source';
import {firstStreamOf} from './catalog';
import {type Command, readJson} from './command-line';
import {Mask} from './mask';
import {checked, Log, type StreamDescriptor, streamStatus, traceError} from './messages';
import {Output} from './output';
import {proxySecretsIn, secretsIn} from './secrets';

/** A reader that goes away is noticed after twice as much at most. */
const SILENCE_MS = 3_000;

/**
 * Runs the source by Airbyte's command line: the four commands, their messages and exit codes. It
 * stands in for the CDK's runner; docs/decisions/0002 says why.
 */
export class Runner {
  readonly output = new Output();
  private readonly log = new Log(this.output, process.env['LOG_LEVEL']);
  private readonly source = new ConfluenceAuditLogsSource({
    output: this.output,
    log: this.log,
    clock: systemClock,
  });
  private isCheck = false;
  /** The stream that is being read. */
  private stream: StreamDescriptor | undefined;

  /** Resolves when all is written; whatever fails is told on the way, and in the exit code. */
  async run({name, files}: Command): Promise<void> {
    const {source, output} = this;
    this.isCheck = name === 'check';
    try {
      if (name === 'spec') {
        output.write(await source.spec());
      } else if (name === 'read') {
        await this.read(files);
      } else {
        output.write(await source[name](this.readSettings(files)));
      }
      await output.end();
    } catch (error) {
      await this.fail(error);
    }
  }

  /** Ends the running command with a failure, also one that nobody caught. Resolves when it is written. */
  async fail(thrown: unknown): Promise<void> {
    const {output, stream} = this;
    const failure = toFailure(thrown);
    if (this.isCheck) {
      output.write(checked(failure));
    } else {
      process.exitCode = 1;
      this.log.error(failure.inFull);
      output.write(traceError(failure, stream));
    }
    if (stream) {
      output.write(streamStatus(stream, 'INCOMPLETE'));
    }
    await output.end();
  }

  private async read(files: Command['files']): Promise<void> {
    const catalog = readJson(files['catalog']!, 'configured catalog') as AirbyteConfiguredCatalog;
    this.stream = firstStreamOf(catalog);
    const settings = this.readSettings(files);
    const state = files['state'] === undefined ? {} : readJson(files['state'], 'state');
    const pulse = setInterval(() => this.output.breakSilence(this.source.status()), SILENCE_MS);
    for await (const message of this.source.readLines(settings, catalog, state as AirbyteState)) {
      this.output.write(message);
      await this.output.drained();
    }
    clearInterval(pulse);
  }

  private readSettings(files: Command['files']): AirbyteConfig {
    const settings = readJson(files['config']!, 'settings') as AirbyteConfig;
    this.output.mask = new Mask(secretsIn(settings), proxySecretsIn(process.env));
    return settings;
  }
}
