import {urlToHttpOptions} from 'node:url';

import {Failure} from '../errors';

/** The proxy that the environment names for HTTPS. */
export interface Proxy {
  /** Without credentials, for messages. */
  readonly name: string;
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** The value of Proxy-Authorization. */
  readonly authorization: string | undefined;
}

/** As curl has them (curl.se/docs/manpage.html, ENVIRONMENT): the small letters count first. */
const PROXY_NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const;
const NO_PROXY_NAMES = ['no_proxy', 'NO_PROXY'] as const;
const CORRECTION = 'Correct it: http://<host>:<port>.';

/**
 * The proxy for HTTPS, if there is one. A missing scheme is taken for http, as curl does.
 * @throws Failure if it is not an address, or one of another kind of proxy; what it says is not quoted,
 *   since it may hold a password
 */
export function readProxy(env: NodeJS.ProcessEnv): Proxy | undefined {
  const name = PROXY_NAMES.find((each) => env[each]?.trim());
  if (name === undefined) {
    return undefined;
  }
  const text = env[name]!.trim();
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw new Failure(
      'input',
      `The proxy in ${name} is a ${scheme.slice(0, 20)} proxy, and only http and https are understood. ${CORRECTION}`,
    );
  }
  try {
    const url = new URL(scheme === undefined ? `http://${text}` : text);
    const isTls = url.protocol === 'https:';
    const port = Number(url.port || (isTls ? 443 : 80));
    const {hostname, auth} = urlToHttpOptions(url);
    return {
      name: `${url.protocol}//${url.hostname}:${port}`,
      isTls,
      host: hostname!,
      port,
      authorization: auth ? `Basic ${Buffer.from(auth).toString('base64')}` : undefined,
    };
  } catch {
    throw new Failure('input', `The proxy in ${name} is not an address. ${CORRECTION}`);
  }
}

/**
 * Whether NO_PROXY exempts an https host, by curl's rules: names between commas or blanks, each of which
 * covers its sub-domains, with or without a dot before it; `*` alone covers everything. Beyond curl,
 * `*.name` and a port are understood, since other tools have taught people to write them.
 */
export function isExempt(host: string, env: NodeJS.ProcessEnv): boolean {
  const list = NO_PROXY_NAMES.map((name) => env[name]).find((value) => value?.trim()) ?? '';
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [, name = '', onlyPort] = /^(?:\*?\.)?(.*?)\.?(?::(\d+))?$/.exec(entry) ?? [];
      const isMeant = host === name || host.endsWith(`.${name}`);
      return name === '*' || (name !== '' && isMeant && (onlyPort ?? '443') === '443');
    });
}
