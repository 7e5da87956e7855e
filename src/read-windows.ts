import {MOST_IN_FLIGHT} from './http/throttle';
import {type Part, Plan, type Reading, type Window} from './windows';

/** Reads what one answer can tell about a window. */
export type ReadWindow<T> = (window: Window) => Promise<Reading<T>>;

/**
 * Reads a window to its end and yields what it holds as complete parts: side by side, oldest
 * first, none left out. Later windows are read while earlier ones are handed out.
 * @param first what is known of `whole` already
 * @param recordsPerAnswer how many records an answer holds, asked anew for each window
 * @throws what `read` throws, after all that is complete before it
 */
export async function* readWindows<T>(
  whole: Window,
  first: Reading<T>,
  read: ReadWindow<T>,
  recordsPerAnswer: () => number,
): AsyncGenerator<Part<T>> {
  const plan = new Plan<T>(whole);
  plan.next(Infinity);
  plan.settle(whole, first, recordsPerAnswer());
  const inFlight = new Set<Promise<void>>();
  let failure: {reason: unknown} | undefined;

  const send = (window: Window): void => {
    const request = read(window)
      .then((reading) => plan.settle(window, reading, recordsPerAnswer()))
      .catch((reason: unknown) => {
        failure ??= {reason};
      })
      .finally(() => inFlight.delete(request));
    inFlight.add(request);
  };
  const sendAll = (): void => {
    while (!failure && inFlight.size < MOST_IN_FLIGHT) {
      const window = plan.next(recordsPerAnswer());
      if (!window) {
        return;
      }
      send(window);
    }
  };

  while (!plan.isDone) {
    sendAll();
    const part = plan.shift();
    if (part) {
      yield part;
    } else if (failure) {
      throw failure.reason;
    } else {
      await Promise.race(inFlight);
    }
  }
}
