import type {AuditAnswer} from '../confluence/audit-api';
import {contradiction} from './contradiction';
import {Coverage} from './coverage';
import {GapReader} from './gap-reader';
import type {LogServer} from './log-server';
import {Plan} from './plan';
import {type Part} from './reading';
import {recordsIn} from './record-lists';
import type {Order} from './order';
import type {Window} from './windows';

/** Windows that may be asked for at the same time; how many requests may is for the API. */
const MOST_WINDOWS_OUT = 4;
/** Before anything is handed on more would only make the oldest one wait. */
const FIRST_WINDOWS_OUT = 2;
/** So often may asking bring nothing. */
const MOST_STRIKES = 12;
/** The same, where windows were cut meanwhile, or turned out to be too long. */
const MOST_FRUITLESS = 60;
/** After a part a checkpoint may come. */
const RECORDS_PER_PART = 4000;
/** What may lie ready at most, however it came: what will be needed last is forgotten, and asked for again. */
const MOST_BYTES_READY = 11_000_000;

/** What reading a window takes. */
export interface ReadWindowDeps {
  readonly server: LogServer;
  /** From here on records may still surface, epoch ms. */
  readonly unsettledFromMs: number;
  /** The answer to the whole window that is there already. */
  readonly first: AuditAnswer | undefined;
}

/**
 * Reads a window to its end and yields what it holds as parts: side by side, oldest first, none left
 * out. Later gaps are asked for while earlier records are handed on.
 * @throws Failure after all that is proven before it
 */
export async function* readWindow(whole: Window, deps: ReadWindowDeps): AsyncGenerator<Part> {
  const {server, unsettledFromMs} = deps;
  const coverage = new Coverage(whole, unsettledFromMs);
  const reader = new GapReader(server, coverage);
  const plan = new Plan(server);
  const out = new Map<Order, Promise<void>>();
  let {first} = deps;
  let failure: {reason: unknown} | undefined;
  let strikes = 0;
  let fruitless = 0;
  let mostOut = FIRST_WINDOWS_OUT;
  let {hasOrder} = server;

  const work = async (order: Order): Promise<void> => {
    const {window} = order;
    const before = JSON.stringify(coverage.gapsIn(window));
    const answer = window.toMs === whole.toMs ? first : undefined;
    first = answer ? undefined : first;
    const {seen, isDense, cuts} = await reader.read(order, answer);
    if (isDense && order.isBlind) {
      // It was a look at the whole, and is the first page of the newest window as well.
      first = answer;
    }
    const isNothing = JSON.stringify(coverage.gapsIn(window)) === before;
    strikes = isNothing && !order.isCut && !isDense ? strikes + 1 : 0;
    fruitless = isNothing ? fruitless + 1 : 0;
    if (strikes > MOST_STRIKES || fruitless > MOST_FRUITLESS) {
      throw contradiction(window.fromMs, `asking ${fruitless} times brought nothing`);
    }
    if (isNothing && order.isCut && !isDense) {
      // Too little lies in it, and too far from what comes before it, to prove anything.
      plan.learn(order, {window, count: 0});
    } else if (!isNothing || seen.count > 0) {
      plan.learn(order, seen);
    }
    if (isDense && (!order.isBlind || seen.count === 0)) {
      plan.divide(window, cuts);
    }
  };
  const sendAll = (): void => {
    while (!failure && out.size < mostOut) {
      const orders = [...out.keys()];
      const gaps = coverage.gaps(orders.map(({window}) => window));
      const order = plan.next(gaps, orders, coverage.count, strikes);
      if (!order) {
        return;
      }
      const request = work(order)
        .catch((reason: unknown) => {
          failure ??= {reason};
          server.stop();
        })
        .finally(() => out.delete(order));
      out.set(order, request);
    }
  };

  while (!coverage.isDone) {
    if (hasOrder && !server.hasOrder) {
      hasOrder = false;
      coverage.forget();
    }
    sendAll();
    const part = coverage.take();
    if (part) {
      server.progress();
      mostOut = MOST_WINDOWS_OUT;
      yield* inSlices(part);
    } else if (failure) {
      throw failure.reason;
    } else {
      coverage.forgetNewest(MOST_BYTES_READY / server.rows.bytesPerRecord);
      if (out.size === 0) {
        throw new Error('there is a gap, and nothing is asked for');
      }
      await Promise.race(out.values());
    }
  }
}

/** A part in slices of a few thousand records, each of which holds its milliseconds whole. */
function* inSlices({window, records}: Part): Generator<Part> {
  let {fromMs} = window;
  let rest = records;
  while (rest.length > RECORDS_PER_PART) {
    const toMs = rest[RECORDS_PER_PART - 1]!.timeMs;
    const slice = recordsIn(rest, {fromMs, toMs});
    yield {window: {fromMs, toMs}, records: slice};
    rest = rest.slice(slice.length);
    fromMs = toMs + 1;
  }
  yield {window: {fromMs, toMs: window.toMs}, records: rest};
}
