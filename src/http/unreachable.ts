import {Failure, type Remedy, Retry} from '../errors';
import {oneLine} from '../words';

/** Nobody answered, or not to the end. `code` is one of those below. */
export class NetworkError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The proxy on the way, without its credentials, and whether it failed before there was a way through. */
    readonly proxy?: {readonly name: string; readonly isAtFault: boolean},
  ) {
    super(message);
  }
}

/** Codes, what is the matter with the host or the proxy (`{words}`: what was said of it), and what to do next. */
type Diagnoses = readonly (readonly [RegExp, string, string])[];

const NETWORK = 'Check the network and firewalls, or set HTTPS_PROXY if a proxy is needed.';
const ON_THE_WAY = 'If that goes on, look at firewalls and proxies on the way.';
const DNS = 'Check DNS and the network of this machine.';
const TRUST = 'If a proxy inspects traffic, name its certificate in NODE_EXTRA_CA_CERTS.';
const ALLOWED = 'Check the proxy, and whether it allows this host.';
const PROXY = 'Check HTTPS_PROXY.';

/**
 * The first that fits. The codes are Node's, OpenSSL's, zlib's and llhttp's (HPE); EMSGSIZE, ECODING and
 * EPROXY… are our own, for what is too large, coded in a way not known here, or answered by a proxy.
 */
const OF_HOST: Diagnoses = [
  [/^ENOTFOUND$/, 'its name cannot be resolved', DNS],
  [/^EAI_/, 'its name cannot be resolved at the moment, DNS gives no answer', DNS],
  [/^ECONNREFUSED$/, 'it refuses the connection', NETWORK],
  [/^(EHOST|ENET)UNREACH$/, 'there is no way to it', NETWORK],
  [/^ETIMEDOUT$/, 'it did not answer in time', NETWORK],
  [
    /^(ECONNRESET|ECONNABORTED|EPIPE|HPE_INVALID_EOF_STATE)$/,
    'the connection was cut before the answer was whole',
    ON_THE_WAY,
  ],
  [
    /^(Z_|ZSTD_|ERR__ERROR_FORMAT|ERR_BAD_RESPONSE)/,
    'the answer was cut off or damaged on its way',
    ON_THE_WAY,
  ],
  [/^(EMSGSIZE|ERR_BUFFER_TOO_LARGE)$/, 'the answer is too large', ON_THE_WAY],
  [/^HPE_HEADER_OVERFLOW$/, 'the head of the answer is larger than 64 kB', ON_THE_WAY],
  [/^HPE_/, 'the answer is not HTTP as it has to be: {words}', ON_THE_WAY],
  [/^ECODING$/, 'the answer is coded as {words}, which was not asked for', ON_THE_WAY],
  [
    /EXPIRED|NOT_YET_VALID/,
    'its TLS certificate is not valid at this time',
    'Check the clock of this machine.',
  ],
  [/ALTNAME/, 'its TLS certificate is for another name', 'Check DNS, and proxies on the way.'],
  [/EPROTO|WRONG_VERSION/, 'what answers does not speak TLS', 'Check proxies on the way.'],
  [/CERT|TLS|SSL|SIGNATURE|ISSUER/, 'its TLS certificate is not trusted here', TRUST],
  [/(?:)/, 'the connection failed', ON_THE_WAY],
];

/** Before there was a way through the proxy. */
const OF_PROXY: Diagnoses = [
  [/^(ENOTFOUND|EAI_.*)$/, 'the name of the proxy cannot be resolved', `${PROXY} ${DNS}`],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/, 'the proxy cannot be reached', PROXY],
  [/^ETIMEDOUT$/, 'there was no answer in time', ALLOWED],
  [/^ECONNRESET$/, 'the proxy hung up', ALLOWED],
  [/^EPROXYAUTH$/, 'the proxy answers {words}', 'Check the user and the password in HTTPS_PROXY.'],
  [/^EPROXY$/, 'the proxy answers {words}', 'Check whether it allows this host, and reaches it.'],
  [/^HPE_/, 'the proxy does not answer as a proxy does: {words}', PROXY],
  [/EPROTO|WRONG_VERSION/, 'the proxy does not speak TLS', PROXY],
  [/CERT|TLS|SSL|SIGNATURE|ISSUER/, 'the TLS certificate of the proxy is not trusted here', TRUST],
  [/(?:)/, 'the connection to the proxy failed', PROXY],
];

/** By smaller pages (airbytehq/airbyte#32004, #52059: heavy answers time out until `limit` is lowered). */
const HEAVY: Readonly<Record<string, Remedy>> = {
  ETIMEDOUT: {isHeavy: 'perhaps'},
  EMSGSIZE: {isHeavy: 'by far'},
  ERR_BUFFER_TOO_LARGE: {isHeavy: 'by far'},
};

/** A way of speaking: it is the same each time. */
const SPEECH = /^(HPE_(?!INVALID_EOF_STATE)|ECODING)/;

/** No whole answer came: a Retry where that may pass, else a Failure. */
export function unreachable(error: NetworkError, host: string): Retry | Failure {
  const {code, proxy, message} = error;
  const through = proxy === undefined ? '' : ` through the proxy ${proxy.name}`;
  const table = proxy?.isAtFault ? OF_PROXY : OF_HOST;
  const [, what, next] = table.find(([codes]) => codes.test(code))!;
  const matter = what.replace('{words}', () => oneLine(message, 100));
  const failure = new Failure(
    'unavailable',
    `No answer from ${host}${through}: ${matter} (${code}). ${next}`,
    {cause: error, detail: oneLine(message)},
  );
  return SPEECH.test(code) ? failure : new Retry(failure, HEAVY[code]);
}
