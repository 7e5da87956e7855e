import {
  type AirbyteMessage,
  AirbyteMessageType,
  type AirbyteStream,
} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {Failure, FailureType} from '../errors';
import type {Mask} from './mask';

/** The messages of Airbyte protocol 0.18.0 that the CDK lacks or makes otherwise. */

/** A stream as the protocol names it: a namespace that is absent and one that is null are the same. */
export interface StreamDescriptor {
  readonly name: string;
  readonly namespace?: string;
}

export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

/** A TRACE message; `trace` is made for one of its kinds. */
export interface TraceMessage extends AirbyteMessage {
  readonly trace: {
    readonly type: 'ERROR' | 'STREAM_STATUS';
    readonly emitted_at: number;
    readonly error?: TraceError;
    readonly stream_status?: object;
  };
}

export interface TraceError {
  readonly message: string;
  readonly internal_message?: string;
  readonly stack_trace?: string;
  readonly failure_type: FailureType;
  readonly stream_descriptor?: StreamDescriptor;
}

export interface StateMessage extends AirbyteMessage {
  readonly state: {
    readonly type: 'STREAM';
    readonly stream: {readonly stream_descriptor: StreamDescriptor; readonly stream_state: object};
    readonly sourceStats: {readonly recordCount: number};
  };
}

/** A stream of the catalog, with what the CDK's type does not know yet. */
export interface ResumableStream extends AirbyteStream {
  /** It can be resumed within a sync: its states are honoured in full refresh, too. */
  readonly is_resumable: boolean;
}

export function streamStatus(stream: StreamDescriptor, status: StreamStatus): TraceMessage {
  return trace('STREAM_STATUS', {stream_status: {stream_descriptor: stream, status}});
}

/** RUNNING, and waiting until `quotaResetMs` (epoch ms) because the API limits the rate. */
export function rateLimited(stream: StreamDescriptor, quotaResetMs: number): TraceMessage {
  const reason = {type: 'RATE_LIMITED', rate_limited: {quota_reset: quotaResetMs}};
  return trace('STREAM_STATUS', {
    stream_status: {stream_descriptor: stream, status: 'RUNNING', reasons: [reason]},
  });
}

export function traceError(failure: Failure, stream?: StreamDescriptor): TraceMessage {
  return trace('ERROR', {
    error: {
      message: failure.message,
      internal_message: failure.detail ?? failure.message,
      stack_trace: stackOf(failure),
      failure_type: failure.failureType,
      ...(stream && {stream_descriptor: stream}),
    },
  });
}

/** @param recordCount records of the stream since its last STATE in this sync */
export function streamState(
  stream: StreamDescriptor,
  state: object,
  recordCount: number,
): StateMessage {
  return {
    type: AirbyteMessageType.STATE,
    state: {
      type: 'STREAM',
      stream: {stream_descriptor: stream, stream_state: state},
      sourceStats: {recordCount},
    },
  };
}

function trace(
  type: TraceMessage['trace']['type'],
  content: Omit<TraceMessage['trace'], 'type' | 'emitted_at'>,
): TraceMessage {
  return {type: AirbyteMessageType.TRACE, trace: {type, emitted_at: Date.now(), ...content}};
}

function stackOf(failure: Failure): string {
  const cause = failure.cause();
  return [failure.stack, cause?.stack && `Caused by: ${cause.stack}`].filter(Boolean).join('\n');
}

/** What people wrote, or servers: all else is the protocol's own words, which are never masked. */
const FREE_TEXT = new Set(['message', 'internal_message', 'stack_trace']);
/** Those of terminals and of the logs of CIs among them, and what turns the direction of writing. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** All but the line breaks of a stack trace. */
const CONTROLS_IN_TRACE = /(?!\n(?: {4}at |Caused by: ))[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A message as one line of JSON, its texts masked and without control characters. */
export function toLine(message: AirbyteMessage, mask: Mask | undefined): string {
  return JSON.stringify(message, (key, value: unknown) => {
    if (typeof value !== 'string' || !FREE_TEXT.has(key)) {
      return value;
    }
    const controls = key === 'stack_trace' ? CONTROLS_IN_TRACE : CONTROLS;
    return (mask?.text(value) ?? value).replaceAll(controls, ' ');
  });
}
