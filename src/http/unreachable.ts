import {Failure} from '../errors';
import type {NetworkError} from './client';
import {Retry} from './retry';

/** What is the matter, and what to do about it. */
type Diagnosis = readonly [string, string];

const NETWORK = 'Check the network and firewalls, or set HTTPS_PROXY if a proxy is needed.';
const ON_THE_WAY = 'If that goes on, look at firewalls and proxies on the way.';

const DIAGNOSES: Readonly<Record<string, Diagnosis>> = {
  ENOTFOUND: ['its name cannot be resolved', 'Check DNS and the network of this machine.'],
  EAI_AGAIN: [
    'its name cannot be resolved at the moment',
    'Check DNS and the network of this machine.',
  ],
  ECONNREFUSED: ['it refuses the connection', NETWORK],
  EHOSTUNREACH: ['there is no way to it', NETWORK],
  ENETUNREACH: ['there is no way to it', NETWORK],
  ETIMEDOUT: ['it did not answer in time', NETWORK],
  ECONNRESET: ['the connection was cut before the answer was whole', ON_THE_WAY],
  ECONNABORTED: ['the connection was cut before the answer was whole', ON_THE_WAY],
  ERR_BAD_RESPONSE: ['the answer was cut off', ON_THE_WAY],
  EMSGSIZE: ['the answer is too large', ON_THE_WAY],
  Z_BUF_ERROR: ['the answer was cut off', ON_THE_WAY],
  Z_DATA_ERROR: ['the answer was damaged on its way', ON_THE_WAY],
  ERR_INVALID_URL: ['HTTPS_PROXY is not an address', 'Correct it: http://<host>:<port>.'],
};

/** No whole answer came. It may be passing, whatever it is. */
export function unreachable(error: NetworkError, host: string): Retry {
  const {code, proxy} = error;
  const through = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  const [what, next] = (proxy !== undefined && ofProxy(error)) ||
    DIAGNOSES[code] ||
    ofTls(code) || ['the connection failed', ON_THE_WAY];
  const message = `No answer from ${host}${through}: ${what} (${code}). ${next}`;
  return new Retry(new Failure('unavailable', message, {cause: error}));
}

/** What fails before there is a way through the proxy is a matter of the proxy's. */
function ofProxy({code, message}: NetworkError): Diagnosis | undefined {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ['the name of the proxy cannot be resolved', 'Check HTTPS_PROXY.'];
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return ['the proxy cannot be reached', 'Check HTTPS_PROXY.'];
    case 'ETIMEDOUT':
      return ['there was no answer in time', 'Check the proxy, and whether it allows this host.'];
    case 'EPROXY':
      return message.startsWith('HTTP 407')
        ? [`the proxy answers ${message}`, 'Check the user and the password in HTTPS_PROXY.']
        : [`the proxy answers ${message}`, 'Check whether it allows this host, and reaches it.'];
    default:
      return undefined;
  }
}

function ofTls(code: string): Diagnosis | undefined {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    return ['its TLS certificate is not valid at this time', 'Check the clock of this machine.'];
  }
  if (/ALTNAME/.test(code)) {
    return ['its TLS certificate is for another name', 'Check DNS, and proxies on the way.'];
  }
  if (/EPROTO|WRONG_VERSION/.test(code)) {
    return ['what answers does not speak TLS', 'Check proxies on the way.'];
  }
  return /CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code)
    ? [
        'its TLS certificate is not trusted here',
        'If a proxy inspects traffic, name its certificate in NODE_EXTRA_CA_CERTS.',
      ]
    : undefined;
}
