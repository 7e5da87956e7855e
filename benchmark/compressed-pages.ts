import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {gzip} from 'node:zlib';
import {answerRequest} from '../sandbox/gateway';
import type {Intercept, SandboxRequest} from '../sandbox/options';
import type {Sandbox} from '../sandbox/server';

const compress = promisify(gzip);
/** The level that nginx uses unless told otherwise. */
const LEVEL = 1;

/**
 * Answers with gzip who accepts it, as a gateway does. Each page is compressed once and kept, so that
 * what is measured afterwards is the client: the log and the server's clock stand still.
 */
export function serveCompressed(sandbox: Sandbox): Intercept {
  const pages = new Map<string, Promise<Buffer>>();
  return async (request, response) => {
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
      return false;
    }
    const key = keyOf(request);
    const page = pages.get(key) ?? compressedPage(sandbox, request);
    pages.set(key, page);
    const body = await page;
    if (sandbox.options.delayMs > 0) {
      await sleep(sandbox.options.delayMs);
    }
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Encoding': 'gzip',
      'Content-Length': body.length,
    });
    response.end(body);
    return true;
  };
}

/** The same for requests that differ only in the order of their parameters. */
function keyOf({path, params}: SandboxRequest): string {
  const query = new URLSearchParams(params as Record<string, string>);
  query.sort();
  return `${path}?${query.toString()}`;
}

/** @throws whatever is not a page: nobody here asks for anything else */
async function compressedPage({options}: Sandbox, request: SandboxRequest): Promise<Buffer> {
  const query = new URLSearchParams(request.params as Record<string, string>);
  const {status, body} = answerRequest(request, query, options);
  if (status !== 200) {
    throw new Error(`${request.path}: ${status}`);
  }
  return compress(Buffer.concat(body), {level: LEVEL});
}
