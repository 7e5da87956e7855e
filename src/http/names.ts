import dns, {type LookupAddress, type LookupOptions} from 'node:dns';

type Callback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * Name servers that never answer hold a process back for as long as the C library waits for them, since
 * a look-up cannot be given up, and a process does not end before it. glibc's own bounds (5 s, twice)
 * come to a minute with three name servers and a search list; these to 18 s (resolv.conf(5), options).
 */
const RES_OPTIONS = 'timeout:3 attempts:1';

const waiting = new Map<string, Callback[]>();

/** Makes look-ups that nobody answers end soon. It has to be called before the first one. */
export function boundLookups(): void {
  process.env['RES_OPTIONS'] ??= RES_OPTIONS;
}

/** As dns.lookup. Whoever asks for a name that is being looked up joins in: tries do not pile up. */
export function lookup(name: string, options: LookupOptions, callback: Callback): void {
  const key = `${name} ${JSON.stringify(options)}`;
  const others = waiting.get(key);
  if (others) {
    others.push(callback);
    return;
  }
  waiting.set(key, [callback]);
  dns.lookup(name, options, (...answer: Parameters<Callback>) => {
    const callbacks = waiting.get(key) ?? [];
    waiting.delete(key);
    callbacks.forEach((each) => each(...answer));
  });
}

/** Whether an answer about this name is still waited for. */
export function isLookingUp(name: string): boolean {
  return [...waiting.keys()].some((key) => key.startsWith(`${name} `));
}
