import {unescape} from 'node:querystring';

import {cutUnseen} from '../words';

/** No token of Atlassian's is shorter: such a one is refused, and masking it would tear other words. */
const SHORTEST_TOKEN = 8;
const SHORTEST_PASSWORD = 4;

/** What of settings, if they are any, must not come out: the token, and the Basic credentials that it is part of. */
export function secretsIn(settings: unknown): string[] {
  const {email = '', api_token: token = ''} = Object(settings) as Partial<Record<string, string>>;
  const [name, secret] = [email, token].map((value) => cutUnseen(value));
  return secret!.length < SHORTEST_TOKEN ? [] : [secret!, basicOf(`${name}:${secret}`)];
}

/** Likewise the passwords of the proxies that the environment names. */
export function proxySecretsIn(env: NodeJS.ProcessEnv): string[] {
  const addresses = Object.entries(env).filter(([name]) => /^(https?|all)_proxy$/i.test(name));
  return addresses.flatMap(([, address = '']) => {
    const [, user = '', password = ''] = /^(?:\w+:\/\/)?([^:]*):(.*)@/.exec(address) ?? [];
    return password.length < SHORTEST_PASSWORD
      ? []
      : [password, basicOf(unescape(`${user}:${password}`))];
  });
}

function basicOf(credentials: string): string {
  return Buffer.from(credentials).toString('base64').replace(/=+$/, '');
}
