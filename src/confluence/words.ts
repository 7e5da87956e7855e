import type {HttpAnswer} from '../http/client';
import {oneLine} from '../http/one-line';

/** As much of a body as is looked at. */
const MOST_BYTES = 8192;

/** What an answer says, whatever it is made of. */
export interface Words {
  /** All of it, as far as it is looked at: '' if there is nothing. */
  readonly text: string;
  readonly isHtml: boolean;
  /** In quotes, for a message: what an error says, the title of a page, or how the text begins. */
  readonly excerpt: string;
}

/** The words of an answer. */
export function wordsOf({body, headers}: HttpAnswer): Words {
  const text = body.toString('utf8', 0, MOST_BYTES).trim();
  const isHtml = /<html|<!doctype/i.test(text) || /html/.test(headers['content-type'] ?? '');
  if (text === '') {
    return {text, isHtml: false, excerpt: 'without a word'};
  }
  if (isHtml) {
    const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? '';
    return {text, isHtml, excerpt: `a page titled "${oneLine(title)}"`};
  }
  return {text, isHtml, excerpt: `"${oneLine(messageIn(text) ?? text)}"`};
}

/** What came, for a developer: type, size, where it points to, and its words. */
export function describeAnswer(answer: HttpAnswer): string {
  const {status, headers, body} = answer;
  const type = oneLine(headers['content-type'] ?? 'no content type', 60);
  const location = headers.location;
  const to = location === undefined ? '' : `, pointing to ${oneLine(location)}`;
  return `(${status}, ${type}, ${body.length} bytes${to}: ${wordsOf(answer).excerpt})`;
}

/** The gateway's errors are `{code, message}`, Confluence's `{statusCode, data, message}`. */
function messageIn(text: string): string | undefined {
  try {
    const {message} = JSON.parse(text) as {message?: unknown};
    return typeof message === 'string' && message !== '' ? message : undefined;
  } catch {
    return undefined;
  }
}
