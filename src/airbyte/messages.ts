import {type AirbyteMessage, AirbyteMessageType} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {Failure} from '../errors';
import type {Mask} from './mask';

/** The messages of Airbyte protocol 0.18.0 that the CDK lacks or makes otherwise, and how any is written. */

/** A stream as the protocol names it: a namespace that is absent and one that is null are the same. */
export interface StreamDescriptor {
  readonly name: string;
  readonly namespace?: string;
}

interface StreamStatus {
  readonly reasons?: readonly {readonly rate_limited: {readonly quota_reset: number}}[];
}

/** The one stream that there is. */
export const STREAM: StreamDescriptor = {name: 'audit_records'};

/** What people wrote, or servers: all else is the protocol's own words, which are never masked. */
const FREE_TEXT = new Set(['message', 'internal_message', 'stack_trace']);
/** Commands to terminals and to the logs of CIs among them, and what turns the direction of writing. */
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

/** @param reasons why it waits, if it does */
export function streamStatus(
  stream: StreamDescriptor,
  status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE',
  reasons?: readonly object[],
): AirbyteMessage {
  return trace('STREAM_STATUS', {
    stream_status: {stream_descriptor: stream, status, ...(reasons && {reasons})},
  });
}

/** RUNNING, and waiting until `quotaResetMs` (epoch ms) because the API limits the rate. */
export function rateLimited(quotaResetMs: number): AirbyteMessage {
  const reason = {type: 'RATE_LIMITED', rate_limited: {quota_reset: quotaResetMs}};
  return streamStatus(STREAM, 'RUNNING', [reason]);
}

/** The status that a message tells, as it holds now: a wait that is over is RUNNING; undefined if it tells none. */
export function statusIn(message: AirbyteMessage): AirbyteMessage | undefined {
  const status = (message as {trace?: {stream_status?: StreamStatus}}).trace?.stream_status;
  const resetMs = status?.reasons?.[0]?.rate_limited.quota_reset ?? Infinity;
  return status && (resetMs > Date.now() ? message : streamStatus(STREAM, 'RUNNING'));
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
