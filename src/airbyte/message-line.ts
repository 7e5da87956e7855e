import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {Mask} from './mask';

/** What people wrote, or servers: all else is the protocol's own words, which are never masked. */
const FREE_TEXT = new Set(['message', 'internal_message', 'stack_trace']);
/** Those of terminals and of the logs of CIs among them, and what turns the direction of writing. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** All but the line breaks of a stack trace. */
const CONTROLS_IN_TRACE = /(?!\n(?: {4}at |Caused by: ))[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A message as one line of JSON, its texts masked and without control characters. */
export function stringify(message: AirbyteMessage, mask: Mask | undefined): string {
  return JSON.stringify(message, (key, value: unknown) => {
    if (typeof value !== 'string' || !FREE_TEXT.has(key)) {
      return value;
    }
    const controls = key === 'stack_trace' ? CONTROLS_IN_TRACE : CONTROLS;
    return (mask?.text(value) ?? value).replaceAll(controls, ' ');
  });
}
