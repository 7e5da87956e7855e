import {Failure} from '../errors';
import type {HttpAnswer} from '../http/client';
import {Retry} from '../http/retry';
import {JsonCutOff, JsonFault} from '../json/tokens';
import {type AuditPage, NotAnAuditLog, parseAuditPage} from './page';
import type {RecordHasher} from './record-id';
import {unexpected} from './words';

/** How long a site keeps its log: a whole number of 1 and more, and a unit in capitals. */
export interface Retention {
  readonly number: number;
  readonly units: string;
}

/**
 * The page that a 200 answer holds.
 * @throws Retry if it is empty, or begins as an audit log and was cut off or damaged; Failure if it is none
 */
export function readPage(answer: HttpAnswer, hasher: RecordHasher): AuditPage {
  try {
    return parseAuditPage(answer.body, hasher);
  } catch (error) {
    if (error instanceof NotAnAuditLog) {
      throw unexpected(answer, error.message);
    }
    if (!(error instanceof JsonFault || error instanceof JsonCutOff)) {
      throw error;
    }
    const begin = answer.body.toString('latin1', 0, 64).trimStart();
    if (error instanceof JsonCutOff && /^(\{|$)/.test(begin)) {
      throw new Retry(
        new Failure(
          'unavailable',
          `The answer was ${begin === '' ? 'empty' : 'cut off'}. If that goes on, look at firewalls and proxies on the way.`,
          {detail: error.message},
        ),
      );
    }
    const fault = unexpected(answer, `the answer is not JSON: ${error.message}`);
    throw begin.startsWith('{') ? new Retry(fault) : fault;
  }
}

/** undefined if it is none that can be. */
export function readRetention(body: Buffer): Retention | undefined {
  const {number, units} = JSON.parse(body.toString('utf8')) as {number: unknown; units: unknown};
  return Number.isSafeInteger(number) && Number(number) > 0 && typeof units === 'string'
    ? {number: Number(number), units}
    : undefined;
}
