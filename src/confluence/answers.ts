import {Failure, Retry} from '../errors';
import type {HttpAnswer} from '../http/client';
import {oneLine} from '../words';
import {JsonFault} from '../json/tokens';
import {type AuditPage, NotAnAuditLog, type PageReader} from './page';

/** As much of a body as is looked at. */
const MOST_BYTES = 8192;

/** What an answer says, whatever it is made of. */
export interface Words {
  /** All of it, as far as it is looked at: '' if there is nothing. */
  readonly text: string;
  /** In words, and not as a page that something else has made. */
  readonly isSpoken: boolean;
  /** In quotes, for a message: what an error says, the title of a page, or how the text begins. */
  readonly excerpt: string;
}

/** The words of an answer. */
export function wordsOf({body, headers}: HttpAnswer): Words {
  const text = body.toString('utf8', 0, MOST_BYTES).trim();
  const isHtml = /<html|<!doctype/i.test(text) || /html/.test(headers['content-type'] ?? '');
  if (text === '') {
    return {text, isSpoken: false, excerpt: 'without a word'};
  }
  if (isHtml) {
    const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? '';
    return {text, isSpoken: false, excerpt: `a page titled "${oneLine(title)}"`};
  }
  // The gateway's errors are `{code, message}`, Confluence's `{statusCode, data, message}`.
  const message = memberIn(text, 'message');
  const isTold = typeof message === 'string' && message !== '';
  return {text, isSpoken: true, excerpt: `"${oneLine(isTold ? message : text)}"`};
}

/** What came, for a developer: type, size, where it points to, and its words. */
export function describeAnswer(answer: HttpAnswer): string {
  const {status, headers, body} = answer;
  const {location, 'content-type': type = 'no content type'} = headers;
  const to = location === undefined ? '' : `, pointing to ${oneLine(location)}`;
  return `${status}, ${oneLine(type, 60)}, ${body.length} bytes${to}: ${wordsOf(answer).excerpt}`;
}

/** Something other than an audit log came: `what` names it. */
export function unexpected(answer: HttpAnswer, what: string): Failure {
  return new Failure(
    'unexpected',
    `Something answered that is not the Confluence audit log: ${what} (${describeAnswer(answer)}). If a proxy or a login stands between this machine and Atlassian, it has to let the connector through; if not, please report this.`,
  );
}

/** The page that a 200 answer holds. @throws Retry if it was damaged on its way, Failure if it is none */
export function readPage(answer: HttpAnswer, reader: PageReader): AuditPage {
  try {
    return reader.read(answer.body);
  } catch (error) {
    if (error instanceof NotAnAuditLog) {
      throw unexpected(answer, error.message);
    }
    throw error instanceof JsonFault ? notJson(answer, `it is not JSON: ${error.message}`) : error;
  }
}

/** A small answer that is to hold JSON. @throws Retry if it was damaged on its way, Failure (`what`) if it is none */
export function readJson(answer: HttpAnswer, what: string): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    throw notJson(answer, what);
  }
}

/** What begins as it should, or is empty, was damaged on its way: another try may bring all of it. */
function notJson(answer: HttpAnswer, what: string): Retry | Failure {
  const begin = answer.body.toString('latin1', 0, 64).trimStart();
  if (begin !== '' && !begin.startsWith('{')) {
    return unexpected(answer, what);
  }
  const how = begin === '' ? 'empty' : 'cut off or damaged';
  const message = `The answer was ${how}. If that goes on, look at firewalls and proxies on the way.`;
  const detail = `${what}; ${answer.body.length} bytes came`;
  return new Retry(new Failure('unavailable', message, {detail}));
}

function memberIn(text: string, name: string): unknown {
  try {
    return (JSON.parse(text) as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
