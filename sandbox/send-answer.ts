import type {IncomingHttpHeaders, ServerResponse} from 'node:http';
import {promisify} from 'node:util';
import {constants, gzip} from 'node:zlib';
import type {Answer} from './error-bodies';

const compress = promisify(gzip);

/** Writes the answer with its length, compressed if `mayCompress` and the client accepts gzip. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  requestHeaders: IncomingHttpHeaders,
  mayCompress: boolean,
): Promise<void> {
  const compressed = mayCompress && acceptsGzip(requestHeaders['accept-encoding']);
  const body = compressed ? [await gzipped(answer.body)] : joinedIfMany(answer.body);
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(answer.status, {
    'Content-Type': 'application/json',
    'Content-Length': length,
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Vary: 'Accept-Encoding',
    ...(compressed ? {'Content-Encoding': 'gzip'} : {}),
    ...answer.headers,
  });
  response.cork();
  for (const piece of body) response.write(piece);
  response.end();
}

/** A thousand small writes cost more than one copy. */
function joinedIfMany(body: Buffer[]): Buffer[] {
  return body.length > 16 ? [Buffer.concat(body)] : body;
}

/** The fastest level: a server in front of a benchmark shall not be what is measured. */
function gzipped(body: Buffer[]): Promise<Buffer> {
  return compress(Buffer.concat(body), {level: constants.Z_BEST_SPEED});
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = String(header ?? '').split(',');
  return codings.some((coding) => {
    const [name = '', ...parameters] = coding.toLowerCase().split(';');
    const refused = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return ['gzip', 'x-gzip', '*'].includes(name.trim()) && !refused;
  });
}
