import VError from 'verror';

/** The kinds of failure, named after what a person does about them; Airbyte never retries a `config_error`. */
const FAILURE_TYPES = {
  // A setting, a catalog or a state is not usable: correct it.
  input: 'config_error',
  // Atlassian refuses this account or token: mend it there.
  access: 'config_error',
  // Nobody answered, or not now: try again later.
  unavailable: 'transient_error',
  // Something answered that is not an audit log: find out what it is.
  unexpected: 'system_error',
  // This connector is wrong: report it.
  bug: 'system_error',
} as const;
export type FailureKind = keyof typeof FAILURE_TYPES;

/**
 * A failure that ends a command. `message` is for the person who has to act on it, `detail` for a
 * developer. Neither is scrubbed here: the writer masks all that it writes.
 */
export class Failure extends VError {
  readonly failureType: (typeof FAILURE_TYPES)[FailureKind];
  readonly detail: string | undefined;

  constructor(
    readonly kind: FailureKind,
    message: string,
    options: {cause?: Error; detail?: string | undefined} = {},
  ) {
    // The message goes through '%s', since VError reads its first argument as a format.
    super({name: 'Failure', ...(options.cause && {cause: options.cause})}, '%s', message);
    this.failureType = FAILURE_TYPES[kind];
    this.detail = options.detail ?? options.cause?.message;
    // VError appends the cause's message, which is not written for the person who reads this one.
    this.message = message;
  }

  /** For a log: the message and, where there is one, the detail. */
  get inFull(): string {
    const {message, detail} = this;
    return detail === undefined ? message : `${message} (${detail})`;
  }
}

/** What may mend a failure. */
export interface Remedy {
  /** The wait that the server asked for. It raises the usual one and never lowers it. */
  readonly waitMs?: number | undefined;
  /** The server only tells to wait: that is not a failed try, as long as it answers now and then. */
  readonly isToldToWait?: boolean;
  readonly isRateLimited?: boolean;
  /** Waits instead of the usual ones; when they are used up the failure counts. */
  readonly delaysMs?: readonly number[];
  /** What was asked for may be too heavy, or is, or is more than can be held: less of it may be answered. */
  readonly isHeavy?: 'perhaps' | 'surely' | 'by far';
}

/** Thrown by an attempt that may be repeated: what it is if repeating does not mend it, and what may. */
export class Retry extends Error {
  constructor(
    readonly failure: Failure,
    readonly remedy: Remedy = {},
  ) {
    super(failure.message);
  }
}

/** What is thrown and not a Failure is a bug of ours. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) {
    return thrown;
  }
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  const message = 'The connector failed in a way it should not. Please report this.';
  return new Failure('bug', message, {cause});
}
