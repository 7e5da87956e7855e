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
import type {Output} from './output';
import {proxySecretsIn, secretsIn} from './secrets';

/** A reader that goes away is noticed after twice as much at most. */
const SILENCE_MS = 3_000;

/**
 * Runs the source by Airbyte's command line: the four commands, their messages and exit codes. It
 * stands in for the CDK's runner; docs/decisions/0002 says why. Resolves when all is written; whatever
 * fails, and what nobody caught, is told on the way, and in the exit code.
 */
export async function runCommand({name, files}: Command, output: Output): Promise<void> {
  const log = new Log(output, process.env['LOG_LEVEL']);
  const source = new ConfluenceAuditLogsSource({output, log, clock: systemClock});
  /** The stream that is being read. */
  let stream: StreamDescriptor | undefined;

  const readSettings = (): AirbyteConfig => {
    const settings = readJson(files['config']!, 'settings') as AirbyteConfig;
    output.mask = new Mask(secretsIn(settings), proxySecretsIn(process.env));
    return settings;
  };
  const read = async (): Promise<void> => {
    const catalog = readJson(files['catalog']!, 'configured catalog') as AirbyteConfiguredCatalog;
    stream = firstStreamOf(catalog);
    const settings = readSettings();
    const state = files['state'] === undefined ? {} : readJson(files['state'], 'state');
    const pulse = setInterval(() => output.breakSilence(source.status()), SILENCE_MS);
    for await (const message of source.readLines(settings, catalog, state as AirbyteState)) {
      output.write(message);
      await output.drained();
    }
    clearInterval(pulse);
  };
  const run = async (): Promise<void> => {
    if (name === 'read') {
      await read();
    } else {
      output.write(await (name === 'spec' ? source.spec() : source[name](readSettings())));
    }
  };

  const uncaught = new Promise<never>((_, reject) => process.on('uncaughtException', reject));
  try {
    await Promise.race([run(), uncaught]);
  } catch (error) {
    const failure = toFailure(error);
    if (name === 'check') {
      output.write(checked(failure));
    } else {
      process.exitCode = 1;
      log.error(failure.inFull);
      output.write(traceError(failure, stream));
    }
    if (stream) {
      output.write(streamStatus(stream, 'INCOMPLETE'));
    }
  }
  await output.end();
}
