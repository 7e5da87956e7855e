import {SyncMode} from '@faros-ai/airbyte-cdk/lib/protocol';

import schema from '../../resources/schemas/audit_records.json';
import {Failure} from '../errors';
import {STREAM, type StreamDescriptor} from './messages';

/** The one stream, as `discover` shows it. */
export const AUDIT_RECORDS = {
  name: STREAM.name,
  json_schema: schema,
  supported_sync_modes: [SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL],
  source_defined_cursor: true,
  default_cursor_field: ['creationDate'],
  source_defined_primary_key: [['id']],
  // Its states are honoured in full refresh, too. The CDK's type does not know it yet.
  is_resumable: true,
};

/**
 * How a configured catalog wants the one stream that there is to be read.
 * @throws Failure that names what is wrong
 */
export function parseCatalog(input: unknown): SyncMode {
  const streams = streamsOf(input);
  for (const {stream, syncMode} of streams) {
    const name = [stream.namespace, stream.name].filter(Boolean).join('.');
    if (name !== STREAM.name) {
      throw invalid(`there is no stream \`${name}\`; the one there is is \`${STREAM.name}\``);
    }
    if (!AUDIT_RECORDS.supported_sync_modes.includes(syncMode)) {
      const is = JSON.stringify(syncMode);
      throw invalid(
        `\`sync_mode\` of \`${name}\` is ${is}; it must be full_refresh or incremental`,
      );
    }
  }
  if (streams.length !== 1) {
    throw invalid(`it names ${streams.length} streams, and this source has exactly one`);
  }
  return streams[0]!.syncMode;
}

/** The first stream that a catalog names; undefined if it names none. Never throws. */
export function firstStreamOf(input: unknown): StreamDescriptor | undefined {
  try {
    return streamsOf(input)[0]?.stream;
  } catch {
    return undefined;
  }
}

function streamsOf(input: unknown): {stream: StreamDescriptor; syncMode: SyncMode}[] {
  const {catalog, streams} = asObject(input);
  if (catalog || (Array.isArray(streams) && streams.some((each) => asObject(each)['name']))) {
    throw invalid(
      'it is what `discover` prints. In a configured catalog each entry of `streams` is `{"stream": …, "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}`, with the stream that `discover` prints inside',
    );
  }
  if (!Array.isArray(streams)) {
    throw invalid('it has no list `streams`');
  }
  return streams.map((configured: unknown) => {
    const {stream, sync_mode: syncMode} = asObject(configured);
    const {name, namespace} = asObject(stream);
    if (typeof name !== 'string') {
      throw invalid('a stream in it has no `name`');
    }
    const descriptor = typeof namespace === 'string' && namespace ? {name, namespace} : {name};
    return {stream: descriptor, syncMode: syncMode as SyncMode};
  });
}

/** What has no members, as one without any. */
function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Record<string, unknown>;
}

function invalid(why: string): Failure {
  return new Failure('input', `The configured catalog is not usable: ${why}.`);
}
