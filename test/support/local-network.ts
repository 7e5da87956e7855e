import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer as createHttpServer} from 'node:http';
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createServer as createTlsServer} from 'node:tls';

import {afterAll, afterEach} from '@jest/globals';

const OTHER_NETWORK = join(__dirname, 'other-network.cjs');

const closing: (() => void)[] = [];

afterEach(() => {
  closing.splice(0).forEach((close) => close());
});

/** Environment in which these host names lead elsewhere; see other-network.cjs. */
export function otherNetwork(hosts: Readonly<Record<string, string>>): Record<string, string> {
  return {
    NODE_OPTIONS: `--require=${OTHER_NETWORK}`,
    OTHER_NETWORK: JSON.stringify(hosts),
  };
}

/** A key and a self-signed certificate, as files: `cert` may be named in NODE_EXTRA_CA_CERTS. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Makes identities with openssl, and removes them when the tests of the file are done. */
export class Identities {
  private readonly folder = mkdtempSync(join(tmpdir(), 'identities-'));

  constructor() {
    afterAll(() => rmSync(this.folder, {recursive: true}));
  }

  /** @param days from now on; below 0: it has expired */
  create(host: string, days = 2): Identity {
    const [key, request, cert] = ['key', 'request', 'cert'].map((kind) =>
      join(this.folder, `${host}${days}.${kind}`),
    ) as [string, string, string];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const name = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    openssl(['req', ...curve, ...name, '-keyout', key, '-out', request]);
    const signing = ['-signkey', key, '-days', String(days), '-copy_extensions', 'copy'];
    openssl(['x509', '-req', '-in', request, ...signing, '-out', cert]);
    return {key, cert};
  }
}

export function hasOpenssl(): boolean {
  return spawnSync('openssl', ['version']).status === 0;
}

function openssl(args: readonly string[]): void {
  const {status, stderr} = spawnSync('openssl', args, {encoding: 'utf8'});
  if (status !== 0) {
    throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  }
}

/** A port of this machine on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Accepts connections and says `greeting` to them, or nothing. */
export function startTcp(greeting?: string): Promise<number> {
  return listen(
    createServer((socket) => {
      if (greeting !== undefined) {
        socket.end(greeting);
      }
    }),
  );
}

/** Speaks TLS with this identity, and passes what is inside on to a port of this machine. */
export function startTls({key, cert}: Identity, target: number): Promise<number> {
  const options = {key: readFileSync(key), cert: readFileSync(cert)};
  return listen(createTlsServer(options, (socket) => tunnel(socket, target)));
}

/** A line to a port of this machine on which what comes back comes at `bytesPerSecond`, on each connection. */
export function startLine(to: number, bytesPerSecond: number): Promise<number> {
  const STEP_MS = 20;
  const most = Math.ceil((bytesPerSecond * STEP_MS) / 1000);
  return listen(
    createServer((socket) => {
      const other = connect(to, '127.0.0.1');
      other.on('error', () => socket.destroy());
      socket.on('close', () => other.destroy());
      socket.pipe(other).on('end', () => socket.end());
      const timer = setInterval(() => {
        const piece = other.read(Math.min(most, other.readableLength)) as Buffer | null;
        if (piece) {
          socket.write(piece);
        }
      }, STEP_MS);
      socket.on('close', () => clearInterval(timer));
    }),
  );
}

/** A proxy that connects everything to one port of this machine, or answers CONNECT with `refusal`. */
export function startProxy(behaviour: {to: number} | {refusal: string}): Promise<number> {
  const server = createHttpServer();
  server.on('connect', (_request, socket: Socket) => {
    if ('refusal' in behaviour) {
      socket.end(`HTTP/1.1 ${behaviour.refusal}\r\nContent-Length: 4\r\n\r\nno!\n`);
    } else {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      tunnel(socket, behaviour.to);
    }
  });
  return listen(server);
}

function tunnel(socket: Socket, port: number): void {
  const other = connect(port, '127.0.0.1');
  const end = (): void => {
    socket.destroy();
    other.destroy();
  };
  socket.on('error', end).on('close', end);
  other.on('error', end).on('close', end);
  socket.pipe(other).pipe(socket);
}

/** Listens on a free port, until the test is over. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  });
  // A client that trusts no certificate hangs up in the middle of the handshake.
  server.on('tlsClientError', () => undefined);
  closing.push(() => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
