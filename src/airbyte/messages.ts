import {
  AirbyteConnectionStatus,
  AirbyteConnectionStatusMessage,
  AirbyteLog,
  AirbyteLogLevel,
  AirbyteLogLevelOrder,
  type AirbyteMessage,
  AirbyteMessageType,
  type AirbyteStream,
} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {Failure} from '../errors';
import type {Mask} from './mask';

/** A stream as the protocol names it: a namespace that is absent and one that is null are the same. */
export type StreamDescriptor = Readonly<Pick<AirbyteStream, 'name' | 'namespace'>>;

/** The one stream that there is. */
export const STREAM: StreamDescriptor = {name: 'audit_records'};

/** What people wrote, or servers: all else is the protocol's own words, which are never masked. */
const FREE_TEXT = new Set(['message', 'internal_message', 'stack_trace']);
/** Commands to terminals and to the logs of CIs among them; but not the line breaks of a stack trace. */
const CONTROLS = /(?!\n(?: {4}at |Caused by: ))[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const LEVELS = new Map<string, AirbyteLogLevel>(Object.entries(AirbyteLogLevel));

/** Writes LOG messages of the wanted level and above. */
export class Log {
  readonly error = this.writerAt(AirbyteLogLevel.ERROR);
  readonly warn = this.writerAt(AirbyteLogLevel.WARN);
  readonly info = this.writerAt(AirbyteLogLevel.INFO);
  readonly debug = this.writerAt(AirbyteLogLevel.DEBUG);
  private readonly least: number;

  /** @param level LOG_LEVEL as the environment has it; INFO if it is none, and a warning if it is not known */
  constructor(
    private readonly output: {write(message: AirbyteMessage): void},
    level = '',
  ) {
    const wanted = LEVELS.get(level.trim().toUpperCase());
    this.least = AirbyteLogLevelOrder(wanted ?? AirbyteLogLevel.INFO);
    if (wanted === undefined && level.trim() !== '') {
      this.warn(
        `LOG_LEVEL is ${JSON.stringify(level.slice(0, 40))}, and no such level is known: INFO is taken. The levels are ${[...LEVELS.keys()].join(', ')}.`,
      );
    }
  }

  private writerAt(level: AirbyteLogLevel): (message: string) => void {
    return (message) => {
      if (AirbyteLogLevelOrder(level) >= this.least) {
        this.output.write(AirbyteLog.make(level, message));
      }
    };
  }
}

/** A message as one line of JSON, its texts masked and without control characters. */
export function toLine(message: AirbyteMessage, mask: Mask | undefined): string {
  return JSON.stringify(message, (key, value: unknown) =>
    typeof value === 'string' && FREE_TEXT.has(key)
      ? (mask?.text(value) ?? value).replaceAll(CONTROLS, ' ')
      : value,
  );
}

/** How a check went: what a person reads if it failed. */
export function checked(failure?: Failure): AirbyteConnectionStatusMessage {
  const {FAILED, SUCCEEDED} = AirbyteConnectionStatus;
  const status = failure ? {status: FAILED, message: failure.message} : {status: SUCCEEDED};
  return new AirbyteConnectionStatusMessage(status);
}

export function streamStatus(
  stream: StreamDescriptor,
  status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE',
  others?: object,
): AirbyteMessage {
  const content = {stream_descriptor: stream, status, ...others};
  return trace('STREAM_STATUS', {stream_status: content});
}

export function traceError(failure: Failure, stream?: StreamDescriptor): AirbyteMessage {
  const {message, detail = message, stack, failureType} = failure;
  const cause = failure.cause()?.stack;
  const error = {
    message,
    internal_message: detail,
    stack_trace: cause === undefined ? stack : `${stack}\nCaused by: ${cause}`,
    failure_type: failureType,
    ...(stream && {stream_descriptor: stream}),
  };
  return trace('ERROR', {error});
}

/** @param recordCount records since the last STATE in this sync */
export function streamState(state: object, recordCount: number): AirbyteMessage {
  const stream = {stream_descriptor: STREAM, stream_state: state};
  const message = {state: {type: 'STREAM', stream, sourceStats: {recordCount}}};
  return {type: AirbyteMessageType.STATE, ...message};
}

function trace(type: 'ERROR' | 'STREAM_STATUS', content: object): AirbyteMessage {
  const message = {trace: {type, emitted_at: Date.now(), ...content}};
  return {type: AirbyteMessageType.TRACE, ...message};
}
