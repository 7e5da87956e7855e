import type {AuditAnswer} from '../confluence/audit-api';
import type {AuditRecord} from '../confluence/page';
import type {WindowReader} from '../confluence/window-reader';
import {Joiner, type Outcome} from './join';
import {type Piece, Plan} from './plan';
import {type Reading, recordsIn, SEAM_RECORDS} from './seams';
import type {Window} from './windows';

/** Windows that may be on their way at the same time; how many requests may is for the API. */
const MOST_WINDOWS_OUT = 4;
/** After a part a checkpoint may come. */
const RECORDS_PER_PART = 4000;

/** A window of which everything is known, and its records, oldest first. */
export interface Part {
  readonly window: Window;
  readonly records: readonly AuditRecord[];
}

/** What reading windows takes. */
export interface ReadWindowsDeps {
  readonly reader: WindowReader;
  /** From here on records may still surface, epoch ms. */
  readonly unsettledFromMs: number;
  /** Where a window without an end is taken to end, epoch ms. */
  readonly endMs: number;
  /** What was asked already: all from the beginning of the window on. */
  readonly first: AuditAnswer | undefined;
}

/**
 * Reads a window to its end and yields what it holds as parts: side by side, oldest first, none left
 * out, each proven by its neighbours. Later windows are read while earlier ones are handed on.
 * @throws Failure after all that is proven before it
 */
export async function* readWindows(whole: Window, deps: ReadWindowsDeps): AsyncGenerator<Part> {
  const {reader, unsettledFromMs, endMs, first} = deps;
  const plan = new Plan(whole, endMs);
  const joiner = new Joiner(reader, unsettledFromMs);
  const out = new Set<Promise<void>>();
  let failure: {reason: unknown} | undefined;
  const isOpen = whole.toMs === Infinity;
  const nothing = {fromMs: whole.fromMs, toMs: whole.fromMs - 1};
  let tail: Reading = {span: nothing, records: [], total: 0, isOldest: true};

  const send = (piece: Piece): void => {
    const {window, marginMs, kind} = piece;
    const isOldest = window.fromMs === whole.fromMs;
    const span = {
      fromMs: isOldest ? window.fromMs : window.fromMs - marginMs,
      toMs: window.toMs === whole.toMs ? window.toMs : window.toMs + marginMs,
    };
    const isWhole = isOldest && window.toMs === Infinity;
    const answer = isWhole && piece.tries === 0 ? first : undefined;
    const wishes = {isOldest, isCounted: kind === 'counted', first: answer};
    const request = reader
      .read(span, wishes, window)
      .then((reading) => {
        if ('shown' in reading) {
          plan.divide(piece, reading, reader.server);
        } else {
          plan.settle(piece, reading, recordsIn(reading.records, window).length, reader.server);
        }
      })
      .catch((reason: unknown) => {
        failure ??= {reason};
      })
      .finally(() => out.delete(request));
    out.add(request);
  };
  const sendAll = (): void => {
    while (!failure && out.size < MOST_WINDOWS_OUT) {
      const piece = plan.next(reader.server);
      if (!piece) {
        return;
      }
      send(piece);
    }
  };
  const isJoined = (outcome: Outcome): boolean => {
    if (outcome !== 'joined') {
      outcome.again.forEach((piece) => plan.reopen(piece));
    }
    return outcome === 'joined';
  };

  while (plan.pieces.length > 0) {
    sendAll();
    const [piece, next] = plan.pieces as [Piece, Piece | undefined];
    const isReady = piece.status === 'read' && (!next || next.status === 'read');
    if (isReady && next && isEmpty(piece) && isEmpty(next)) {
      plan.merge(piece, next);
    } else if (isReady && piece.isJoined && (next ? next.isJoined : isOpen || piece.isEnd)) {
      plan.pieces.shift();
      reader.server.progress();
      tail = tailOf(tail, piece);
      yield* inSlices(piece.window, recordsIn(piece.reading!.records, piece.window));
    } else if (failure) {
      throw failure.reason;
    } else if (!isReady) {
      await Promise.race(out);
    } else if (!piece.isJoined) {
      const isOldest = piece.window.fromMs === whole.fromMs;
      const outcome = isOldest
        ? await joiner.joinOldest(piece)
        : await joiner.join(tail, piece, [piece]);
      piece.isJoined = isJoined(outcome);
    } else if (next) {
      next.isJoined = isJoined(await joiner.join(knownUntil(tail, piece), next, [piece, next]));
    } else {
      piece.isEnd = isJoined(await joiner.joinNewest(piece));
    }
  }
}

/** What is known up to the end of a piece's reading. */
function knownUntil(tail: Reading, {window, reading}: Piece): Reading {
  const {span, records} = reading!;
  const own = recordsIn(records, {fromMs: window.fromMs, toMs: Infinity});
  const known = {fromMs: tail.span.fromMs, toMs: span.toMs};
  return {...reading!, span: known, records: [...tail.records, ...own]};
}

/** The last records of what was handed on, for the next seam, and all of the first one's millisecond. */
function tailOf(tail: Reading, piece: Piece): Reading {
  const {records} = knownUntil(tail, piece);
  const all = recordsIn(records, {fromMs: -Infinity, toMs: piece.window.toMs});
  const fromMs = all.at(-SEAM_RECORDS)?.timeMs ?? tail.span.fromMs;
  const last = recordsIn(all, {fromMs, toMs: Infinity});
  return {...tail, span: {fromMs, toMs: piece.window.toMs}, records: last};
}

/** A window's records in parts of a few thousand, each of which holds its milliseconds whole. */
function* inSlices(window: Window, records: readonly AuditRecord[]): Generator<Part> {
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

function isEmpty({reading, window}: Piece): boolean {
  return recordsIn(reading!.records, window).length === 0;
}
