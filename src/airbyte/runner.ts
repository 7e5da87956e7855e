import {readFileSync} from 'node:fs';

import {
  type AirbyteCatalogMessage,
  AirbyteConnectionStatus,
  AirbyteConnectionStatusMessage,
  type AirbyteConfig,
  type AirbyteConfiguredCatalog,
  type AirbyteMessage,
  type AirbyteState,
} from '@faros-ai/airbyte-cdk/lib/protocol';
import type {AirbyteSource} from '@faros-ai/airbyte-cdk/lib/sources/source';
import {Command} from 'commander';

import {Failure, toFailure} from '../errors';
import {firstStreamOf} from './catalog';
import type {Log} from './log';
import {createMask} from './mask';
import {streamStatus, traceError} from './messages';
import {type Output, OutputClosed} from './output';

/** Paths as the command line names them. */
interface Paths {
  readonly config: string;
  readonly catalog: string;
  readonly state?: string;
}

/**
 * Runs a source by Airbyte's command line: the four commands, their messages and exit codes. It
 * stands in for the CDK's runner; docs/decisions/0002 says why.
 */
export class Runner {
  constructor(
    private readonly source: AirbyteSource<AirbyteConfig>,
    private readonly output: Output,
    private readonly log: Log,
    private readonly version: string,
  ) {}

  /** The command line, to be parsed. Each action resolves when all is written. */
  mainCommand(): Command {
    const config = ['--config <file>', 'the settings, as JSON'] as const;
    const command = new Command('main')
      .description('Airbyte source for the Confluence Cloud audit log.')
      .version(this.version);
    command
      .command('spec')
      .description('prints the specification of the settings')
      .action(() => this.run(() => this.spec()));
    command
      .command('check')
      .description('tells whether the settings give access to the audit log')
      .requiredOption(...config)
      .action((paths: Paths) => this.run(() => this.check(paths)));
    command
      .command('discover')
      .description('prints the catalog of streams')
      .requiredOption(...config)
      .action((paths: Paths) => this.run(() => this.discover(paths)));
    command
      .command('read')
      .description('reads the streams that a configured catalog names')
      .requiredOption(...config)
      .requiredOption('--catalog <file>', 'the configured catalog, as JSON')
      .option('--state <file>', 'the state to go on from, as JSON')
      .action((paths: Paths) => this.run(() => this.read(paths)));
    return command;
  }

  /** Whatever is thrown that nobody caught. */
  async crash(thrown: unknown): Promise<void> {
    await this.run(() => Promise.reject(thrown));
  }

  private async spec(): Promise<void> {
    this.output.write(await this.source.spec());
  }

  private async check(paths: Paths): Promise<void> {
    this.output.write(await this.statusOf(paths));
  }

  private async statusOf(paths: Paths): Promise<AirbyteMessage> {
    try {
      return await this.source.check(this.readSettings(paths));
    } catch (error) {
      return new AirbyteConnectionStatusMessage({
        status: AirbyteConnectionStatus.FAILED,
        message: toFailure(error).message,
      });
    }
  }

  private async discover(paths: Paths): Promise<void> {
    const catalog: AirbyteCatalogMessage = await this.source.discover(this.readSettings(paths));
    this.output.write(catalog);
  }

  private async read(paths: Paths): Promise<void> {
    const settings = this.readSettings(paths);
    const catalog = readJson(paths.catalog, 'configured catalog') as AirbyteConfiguredCatalog;
    const stream = firstStreamOf(catalog);
    try {
      const state = paths.state === undefined ? {} : readJson(paths.state, 'state');
      const messages = this.source.read(settings, {}, catalog, state as AirbyteState);
      for await (const message of messages) {
        this.output.write(message);
        await this.output.drained();
      }
    } catch (error) {
      if (error instanceof OutputClosed) {
        throw error;
      }
      this.output.write(traceError(toFailure(error), stream));
      if (stream) {
        this.output.write(streamStatus(stream, 'INCOMPLETE'));
      }
      process.exitCode = 1;
      await this.output.end();
    }
  }

  private readSettings({config}: Paths): AirbyteConfig {
    const settings = readJson(config, 'settings') as AirbyteConfig;
    this.output.mask = createMask(textOf(settings, 'email'), textOf(settings, 'api_token'));
    return settings;
  }

  /** Runs a command to the end of its output. A reader that went away is no failure to tell it of. */
  private async run(command: () => Promise<void>): Promise<void> {
    try {
      await command();
      await this.output.end();
    } catch (error) {
      process.exitCode = 1;
      if (!(error instanceof OutputClosed)) {
        await this.tellFailure(toFailure(error));
      }
    }
  }

  private async tellFailure(failure: Failure): Promise<void> {
    try {
      this.log.fatal(failure.message, failure.stack);
      this.output.write(traceError(failure));
      await this.output.end();
    } catch {
      // Nobody reads any more; the exit code says the rest.
    }
  }
}

/** A setting as text, before it is known whether the settings are any. */
function textOf(settings: AirbyteConfig | null, key: string): string {
  const value: unknown = settings?.[key];
  return typeof value === 'string' ? value : '';
}

/** Reads a JSON file, whatever its name ends in: PyAirbyte's end in `.txt`. @throws Failure */
function readJson(path: string, what: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    throw new Failure('input', `The ${what} file ${path} cannot be read (${code}).`);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    throw new Failure('input', `The ${what} file ${path} holds no JSON.`);
  }
}
