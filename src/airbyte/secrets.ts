import {cutUnseen} from '../unseen';

/** No token of Atlassian's is shorter: such a one is refused, and masking it would tear other words. */
const SHORTEST_TOKEN = 8;
const SHORTEST_PASSWORD = 4;

/** What must not come out: the token, and the Basic credentials that it is part of. */
export function secretsIn(settings: unknown): string[] {
  const email = textAt(settings, 'email');
  const token = textAt(settings, 'api_token');
  return token.length < SHORTEST_TOKEN ? [] : [token, basicOf(`${email}:${token}`)];
}

/** Likewise the passwords of the proxies that the environment names. */
export function proxySecretsIn(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    const credentials = /^(?:\w+:\/\/)?([^:]*):(.*)@/.exec(value);
    if (!/^(https?|all)_proxy$/i.test(name) || !credentials) {
      return [];
    }
    const [user, password] = [decode(credentials[1]!), decode(credentials[2]!)];
    return password.length < SHORTEST_PASSWORD
      ? []
      : [password, credentials[2]!, basicOf(`${user}:${password}`)];
  });
}

/** A setting as it will be used, before it is known whether the settings are any. */
function textAt(settings: unknown, key: string): string {
  const value = (settings as Record<string, unknown> | null)?.[key];
  return typeof value === 'string' ? cutUnseen(value) : '';
}

function basicOf(credentials: string): string {
  return Buffer.from(credentials).toString('base64').replace(/=+$/, '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
