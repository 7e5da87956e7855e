/**
 * Nobody answered, or not to the end. `code` is Node's (ECONNREFUSED, ENOTFOUND, …), ETIMEDOUT where
 * it took too long, EMSGSIZE where the answer was too large, EPROXY… where a proxy answered in place of
 * the host, ECODING where the answer is coded in a way that is not known here.
 */
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
