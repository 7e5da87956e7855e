import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';

/** What the demo looks at in a file of Airbyte messages. */
export interface ReadResult {
  /** creationDate and id of each record, in the order of the file. */
  readonly records: readonly {readonly id: string; readonly creationDate: number}[];
  /** The last STATE message, as it came. */
  readonly state: {readonly creationDate: number; readonly emitted: readonly string[]};
  readonly stateMessage: unknown;
  /** What `check` found, if there is such a message. */
  readonly connection: {readonly status: string; readonly message?: string} | undefined;
  /** Names of the catalog's streams. */
  readonly streams: readonly string[];
}

interface Message {
  readonly record?: {data: {id: string; creationDate: number}};
  readonly state?: {stream: {stream_state: ReadResult['state']}};
  readonly connectionStatus?: {status: string; message?: string};
  readonly catalog?: {streams: {name: string}[]};
}

/** Reads back what a command of the connector wrote. */
export async function readMessages(file: string): Promise<ReadResult> {
  const records: ReadResult['records'][number][] = [];
  const result: {-readonly [Key in keyof ReadResult]: ReadResult[Key]} = {
    records,
    state: {creationDate: 0, emitted: []},
    stateMessage: undefined,
    connection: undefined,
    streams: [],
  };
  for await (const line of createInterface(createReadStream(file))) {
    const {record, state, connectionStatus, catalog} = JSON.parse(line) as Message;
    if (record) {
      records.push({id: record.data.id, creationDate: record.data.creationDate});
    }
    if (state) {
      result.state = state.stream.stream_state;
      result.stateMessage = state;
    }
    result.connection = connectionStatus ?? result.connection;
    result.streams = catalog?.streams.map(({name}) => name) ?? result.streams;
  }
  return result;
}
