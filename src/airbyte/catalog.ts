import {Failure} from '../errors';
import type {StreamDescriptor} from './messages';

export type SyncMode = 'full_refresh' | 'incremental';

/**
 * Checks a configured catalog against the one stream that there is.
 * @returns how the stream is to be read
 * @throws Failure that names what is wrong
 */
export function parseCatalog(input: unknown, available: string): SyncMode {
  const streams = streamsOf(input);
  for (const {stream, syncMode} of streams) {
    if (stream.name !== available || stream.namespace !== undefined) {
      const name = [stream.namespace, stream.name].filter(Boolean).join('.');
      throw invalid(`there is no stream \`${name}\`; the one there is is \`${available}\``);
    }
    if (syncMode !== 'full_refresh' && syncMode !== 'incremental') {
      throw invalid(
        `\`sync_mode\` of \`${available}\` is ${JSON.stringify(syncMode)}; it must be full_refresh or incremental`,
      );
    }
  }
  if (streams.length !== 1) {
    throw invalid(`it names ${streams.length} streams, and this source has exactly one`);
  }
  return streams[0]!.syncMode as SyncMode;
}

/** The first stream that a catalog names; undefined if it names none. Never throws. */
export function firstStreamOf(input: unknown): StreamDescriptor | undefined {
  try {
    return streamsOf(input)[0]?.stream;
  } catch {
    return undefined;
  }
}

function streamsOf(input: unknown): {stream: StreamDescriptor; syncMode: unknown}[] {
  const streams = isObject(input) ? input['streams'] : undefined;
  if (isObject(input) && (isObject(input['catalog']) || isDiscovered(streams))) {
    throw invalid(
      'it is what `discover` prints. In a configured catalog each entry of `streams` is `{"stream": …, "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}`, with the stream that `discover` prints inside',
    );
  }
  if (!Array.isArray(streams)) {
    throw invalid('it has no list `streams`');
  }
  return streams.map((configured: unknown) => {
    const stream = isObject(configured) ? configured['stream'] : undefined;
    if (!isObject(configured) || !isObject(stream) || typeof stream['name'] !== 'string') {
      throw invalid('a stream in it has no `name`');
    }
    const {name, namespace} = stream;
    return {
      stream: {name, ...(typeof namespace === 'string' && namespace !== '' && {namespace})},
      syncMode: configured['sync_mode'],
    };
  });
}

/** Whether the streams stand by themselves, and not each inside what is wanted of it. */
function isDiscovered(streams: unknown): boolean {
  return (
    Array.isArray(streams) &&
    streams.some((each) => isObject(each) && 'name' in each && !('stream' in each))
  );
}

function invalid(why: string): Failure {
  return new Failure('input', `The configured catalog is not usable: ${why}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
