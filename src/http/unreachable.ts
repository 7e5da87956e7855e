import {Failure} from '../errors';
import type {NetworkError} from './client';
import {oneLine} from './one-line';
import {type Remedy, Retry} from './retry';

/** What is the matter, and what to do about it. */
type Diagnosis = readonly [string, string];

const NETWORK = 'Check the network and firewalls, or set HTTPS_PROXY if a proxy is needed.';
const ON_THE_WAY = 'If that goes on, look at firewalls and proxies on the way.';
const DNS = 'Check DNS and the network of this machine.';

const DIAGNOSES: Readonly<Record<string, Diagnosis>> = {
  ENOTFOUND: ['its name cannot be resolved', DNS],
  EAI_AGAIN: ['its name cannot be resolved at the moment, DNS gives no answer', DNS],
  ECONNREFUSED: ['it refuses the connection', NETWORK],
  EHOSTUNREACH: ['there is no way to it', NETWORK],
  ENETUNREACH: ['there is no way to it', NETWORK],
  ETIMEDOUT: ['it did not answer in time', NETWORK],
  ECONNRESET: ['the connection was cut before the answer was whole', ON_THE_WAY],
  ECONNABORTED: ['the connection was cut before the answer was whole', ON_THE_WAY],
  HPE_INVALID_EOF_STATE: ['the connection was cut before the answer was whole', ON_THE_WAY],
  ERR_BAD_RESPONSE: ['the answer was cut off', ON_THE_WAY],
  EMSGSIZE: ['the answer is too large', ON_THE_WAY],
  Z_BUF_ERROR: ['the answer was cut off', ON_THE_WAY],
  Z_DATA_ERROR: ['the answer was damaged on its way', ON_THE_WAY],
};

/** By smaller pages (airbytehq/airbyte#32004, #52059: answers that are too heavy time out until `limit` is lowered). */
const HEAVY: Readonly<Record<string, Remedy>> = {
  ETIMEDOUT: {isHeavy: 'perhaps'},
  EMSGSIZE: {isHeavy: 'by far'},
};

/** No whole answer came: it may pass, unless it is a way of speaking, which is the same each time. */
export function unreachable(error: NetworkError, host: string): Retry | Failure {
  const {code, proxy, message} = error;
  const through = proxy === undefined ? '' : ` through the proxy ${proxy.name}`;
  const spoken = ofSpeech(code, message);
  const [what, next] = (proxy?.isAtFault && ofProxy(error)) ||
    spoken ||
    DIAGNOSES[code] ||
    ofTls(code) || ['the connection failed', ON_THE_WAY];
  const text = `No answer from ${host}${through}: ${what} (${code}). ${next}`;
  const failure = new Failure('unavailable', text, {cause: error, detail: oneLine(message)});
  return spoken ? failure : new Retry(failure, HEAVY[code]);
}

/** What is not HTTP as Node reads it (llhttp's codes), or coded in a way that nobody asked for. */
function ofSpeech(code: string, message: string): Diagnosis | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return ['the head of the answer is larger than 64 kB', 'Look at proxies on the way.'];
  }
  if (code === 'ECODING') {
    return [
      `the answer is coded as ${oneLine(message, 40)}, which was not asked for`,
      'Look at proxies on the way.',
    ];
  }
  return code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE'
    ? [
        `the answer is not HTTP as it has to be: ${oneLine(message, 100)}`,
        'Look at proxies on the way.',
      ]
    : undefined;
}

/** What fails before there is a way through the proxy is a matter of the proxy's. */
function ofProxy({code, message}: NetworkError): Diagnosis | undefined {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ['the name of the proxy cannot be resolved', 'Check HTTPS_PROXY and DNS.'];
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return ['the proxy cannot be reached', 'Check HTTPS_PROXY.'];
    case 'ECONNRESET':
      return ['the proxy hung up', 'Check the proxy, and whether it allows this host.'];
    case 'ETIMEDOUT':
      return ['there was no answer in time', 'Check the proxy, and whether it allows this host.'];
    case 'EPROXY':
      return message.startsWith('HTTP 407')
        ? [`the proxy answers ${message}`, 'Check the user and the password in HTTPS_PROXY.']
        : [`the proxy answers ${message}`, 'Check whether it allows this host, and reaches it.'];
    default:
      return code.startsWith('HPE_')
        ? [
            `the proxy does not answer as a proxy does: ${oneLine(message, 100)}`,
            'Check HTTPS_PROXY.',
          ]
        : undefined;
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
