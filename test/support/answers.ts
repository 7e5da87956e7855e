import {gzipSync} from 'node:zlib';

import type {Intercept, SandboxRequest} from '../../sandbox/options';
import {isAuditRequest} from '../../sandbox/options';

/** Scripts for a sandbox: what it does with a request for audit records instead of answering it well. */

type Headers = Record<string, string | string[]>;

/** Only audit requests go to `script`, and of them only those that `when` picks: by number (1, 2, …) or by what they ask for. */
export function onAudit(
  script: Intercept,
  when: (number: number, request: SandboxRequest) => boolean = () => true,
): Intercept {
  let number = 0;
  return (request, response) =>
    isAuditRequest(request) && when(++number, request) ? script(request, response) : false;
}

/** Only the first `count` audit requests go to `script`. */
export function first(count: number, script: Intercept): Intercept {
  return onAudit(script, (number) => number <= count);
}

/** All audit requests but the first `count` go to `script`. */
export function after(count: number, script: Intercept): Intercept {
  return onAudit(script, (number) => number > count);
}

/** An answer with this body; an object goes out as JSON. */
export function answer(
  status: number,
  body: string | Buffer | object = {},
  headers: Headers = {},
): Intercept {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  return (_request, response) => {
    response.writeHead(status, {'Content-Type': 'application/json', ...headers});
    response.end(isRaw ? body : JSON.stringify(body));
    return true;
  };
}

/** A page of HTML. */
export function html(status: number, title: string): Intercept {
  const page = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>…</h1></body></html>`;
  return answer(status, page, {'Content-Type': 'text/html; charset=utf-8'});
}

/** An audit answer of these records. */
export function pageOf(results: unknown): object {
  return {results, start: 0, limit: 1000, size: 0, _links: {}};
}

/** No answer, ever. */
export const silence: Intercept = () => true;

/** The connection is reset before an answer. */
export const reset: Intercept = (_request, response) => {
  response.socket?.resetAndDestroy();
  return true;
};

/** 200, and the connection ends before all that Content-Length promises has come. */
export const cutOff: Intercept = (_request, response) => {
  response.writeHead(200, {'Content-Type': 'application/json', 'Content-Length': 10_000});
  response.write('{"results":[{"creationDate":1,"summary":"half a rec');
  setTimeout(() => response.socket?.destroy(), 10);
  return true;
};

/** 200 with a gzip stream that ends in the middle. */
export const cutOffGzip: Intercept = (request, response) => {
  const whole = gzipSync(JSON.stringify(pageOf([{creationDate: 1, summary: 'x'.repeat(500)}])));
  const half = whole.subarray(0, whole.length - 20);
  return answer(200, half, {'Content-Encoding': 'gzip'})(request, response);
};

/** 200 with a gzip stream of which a byte is another. */
export const damagedGzip: Intercept = (request, response) => {
  const bytes = gzipSync(JSON.stringify(pageOf([{creationDate: 1, summary: 'x'.repeat(500)}])));
  bytes[bytes.length - 6]! ^= 0xff;
  return answer(200, bytes, {'Content-Encoding': 'gzip'})(request, response);
};

/** What each answer has to say is made from its request. */
export function answerWith(make: (request: SandboxRequest) => Intercept): Intercept {
  return (request, response) => make(request)(request, response);
}
