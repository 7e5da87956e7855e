import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {createServer, type IncomingMessage} from 'node:http';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect, type Server, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createServer as createTlsServer} from 'node:tls';

/** The hosts that the certificate is for. */
const HOSTS = ['api.atlassian.com', 'acme.atlassian.net'];

/** What a proxy was asked for. */
export interface ProxyRequest {
  /** `host:port` */
  readonly target: string;
  readonly authorization: string | undefined;
}

/** What the proxy does instead of connecting: a status that it answers CONNECT with, or something odd. */
export type Refusal = number | 'hangs up' | 'endless head';

/**
 * A company's network, on loopback: a proxy that takes CONNECT and leads to a server of its own that
 * stands for Atlassian, with a certificate that only the company's CA vouches for.
 */
export interface CorporateNetwork {
  readonly proxyUrl: string;
  /** The same proxy, spoken to by TLS. */
  readonly tlsProxyUrl: string;
  /** Where what stands for Atlassian listens: `127.0.0.1:<port>`. */
  readonly gateway: string;
  /** TLS handshakes with it. */
  handshakes: number;
  readonly proxyRequests: ProxyRequest[];
  /** The CA's certificate, for NODE_EXTRA_CA_CERTS. */
  readonly caPath: string;
  refuseWith: Refusal | undefined;
  close(): Promise<void>;
}

/** @param backendUrl plain HTTP: where what goes to Atlassian ends up */
export async function startCorporateNetwork(backendUrl: string): Promise<CorporateNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'network-'));
  makeCertificates(folder);
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  const backendPort = Number(new URL(backendUrl).port);
  const identity = {key: read('key.pem'), cert: read('cert.pem')};
  const atlassian = createTlsServer(identity, (socket) => {
    network.handshakes++;
    joinSockets(socket, connect(backendPort, '127.0.0.1'));
  });
  const atlassianPort = await listen(atlassian);
  const proxy = createServer();
  const tlsProxy = createTlsServer(identity, (socket) => proxy.emit('connection', socket));
  const network: CorporateNetwork = {
    proxyUrl: `http://127.0.0.1:${await listen(proxy)}`,
    tlsProxyUrl: `https://127.0.0.1:${await listen(tlsProxy)}`,
    gateway: `127.0.0.1:${atlassianPort}`,
    handshakes: 0,
    proxyRequests: [],
    caPath: join(folder, 'ca.pem'),
    refuseWith: undefined,
    close: async () => {
      await Promise.all([proxy, tlsProxy, atlassian].map(closeServer));
      rmSync(folder, {recursive: true});
    },
  };
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    const {url: target = '', headers} = request;
    network.proxyRequests.push({target, authorization: headers['proxy-authorization']});
    if (network.refuseWith !== undefined) {
      refuse(socket, network.refuseWith);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    joinSockets(socket, connect(atlassianPort, '127.0.0.1'));
  });
  return network;
}

function refuse(socket: Socket, how: Refusal): void {
  if (how === 'hangs up') {
    socket.destroy();
  } else if (how === 'endless head') {
    const more = Buffer.from(`X-Filler: ${'x'.repeat(8000)}\r\n`);
    const write = (): void => {
      while (!socket.destroyed && socket.write(more));
    };
    socket.on('error', () => undefined).on('drain', write);
    socket.write('HTTP/1.1 200 OK\r\n');
    write();
  } else {
    // Some proxies say the credentials again.
    socket.end(`HTTP/1.1 ${how} No, porter:pr0xy-p@ss\r\nContent-Length: 0\r\n\r\n`);
  }
}

const open = new WeakMap<Server, Set<Socket>>();

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  open.set(server, sockets);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  open.get(server)?.forEach((socket) => socket.destroy());
  await closed;
}

/** Lets two connections be one. */
function joinSockets(one: Socket, other: Socket): void {
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.pipe(other).pipe(one);
}

/** Makes a CA (ca.pem) and a certificate of it for HOSTS (cert.pem, key.pem). */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, {cwd: folder, stdio: 'pipe'});
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = HOSTS.map((host) => `DNS:${host}`).join(',');
  writeFileSync(join(folder, 'names'), `subjectAltName=${names},IP:127.0.0.1\n`);
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
    '-keyout',
    'ca-key.pem',
    '-out',
    'ca.pem',
  );
  openssl('req', ...newKey, '-subj', '/CN=Test', '-keyout', 'key.pem', '-out', 'request.pem');
  openssl(
    'x509',
    '-req',
    '-in',
    'request.pem',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca-key.pem',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'names',
    '-out',
    'cert.pem',
  );
}
