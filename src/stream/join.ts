import type {WindowReader} from '../confluence/window-reader';
import {Failure} from '../errors';
import {formatTime} from './format';
import type {Piece} from './plan';
import {compare, oldestFirst, type Reading, recordsIn, SEAM_RECORDS, unite} from './seams';

const MS_PER_DAY = 86_400_000;
/** In this many tries bounds have been asked for by a day wider, and windows cut to a hundredth. */
const MOST_TRIES = 10;
/** After this many, readings in the lookback may go on differing: records are surfacing there. */
const TRIES_WHERE_RECORDS_SURFACE = 2;

/** What a seam, or the beginning of all, turned out to be; or which readings must be made again. */
export type Outcome = 'joined' | {readonly again: readonly Piece[]};

/**
 * Proves that nothing is missing where windows meet. What cannot be agreed on in the lookback, where
 * records surface and replicas lag, is taken from whichever answer showed it.
 */
export class Joiner {
  constructor(
    private readonly reader: WindowReader,
    private readonly unsettledFromMs: number,
  ) {}

  /** Proves that nothing of the first window lies before what its reading shows. */
  async joinOldest(piece: Piece): Promise<Outcome> {
    const reading = piece.reading!;
    if (reading.isOldest) {
      return 'joined';
    }
    const {span, records} = reading;
    const referee = await this.reader.readSurely({
      fromMs: Math.max(0, span.fromMs - MS_PER_DAY),
      toMs: records[SEAM_RECORDS - 1]?.timeMs ?? span.toMs,
    });
    const verdict = compare(reading, referee);
    return verdict === 'agree' || (verdict === 'silent' && records.length === 0)
      ? 'joined'
      : this.disagree([piece], [referee]);
  }

  /**
   * Proves the seam between two windows.
   * @param left its last records, or more
   * @param pieces the windows that may be read again if it is wrong
   */
  async join(left: Reading, right: Piece, pieces: readonly Piece[]): Promise<Outcome> {
    const reading = right.reading!;
    if (compare(left, reading) === 'agree') {
      return 'joined';
    }
    const before = recordsIn(left.records, {fromMs: -Infinity, toMs: right.window.fromMs - 1});
    const after = recordsIn(reading.records, right.window);
    const referee = await this.reader.readSurely({
      fromMs: before.slice(-SEAM_RECORDS)[0]?.timeMs ?? left.span.fromMs,
      toMs: after.slice(0, SEAM_RECORDS).at(-1)?.timeMs ?? right.window.toMs,
    });
    const verdicts = [compare(left, referee), compare(reading, referee)];
    return verdicts.includes('differ') || !verdicts.includes('agree')
      ? this.disagree(pieces, [left, reading, referee])
      : 'joined';
  }

  /** Proves that a window that has no later one to be held against lacks nothing at its end. */
  async joinNewest(piece: Piece): Promise<Outcome> {
    const reading = piece.reading!;
    const {fromMs, toMs} = piece.window;
    const last = recordsIn(reading.records, piece.window).slice(-SEAM_RECORDS);
    const referee = await this.reader.readSurely({
      fromMs: last[0]?.timeMs ?? fromMs,
      toMs: toMs + MS_PER_DAY,
    });
    return compare(reading, referee) === 'differ' ? this.disagree([piece], [referee]) : 'joined';
  }

  private disagree(pieces: readonly Piece[], readings: readonly Reading[]): Outcome {
    const tries = Math.max(...pieces.map((piece) => piece.tries));
    const surfaces = pieces.every(({window}) => window.toMs >= this.unsettledFromMs);
    if (tries >= TRIES_WHERE_RECORDS_SURFACE && surfaces && this.differsOnlyLate(readings)) {
      pieces.forEach((piece) => uniteInto(piece, readings));
      return 'joined';
    }
    if (tries >= MOST_TRIES) {
      throw contradiction(pieces, readings);
    }
    this.reader.server.widen();
    return {again: pieces};
  }

  private differsOnlyLate(readings: readonly Reading[]): boolean {
    const settled = {fromMs: -Infinity, toMs: this.unsettledFromMs - 1};
    return readings.every((a) => readings.every((b) => compare(a, b, settled) !== 'differ'));
  }
}

function uniteInto(piece: Piece, readings: readonly Reading[]): void {
  const {reading, window} = piece;
  const records = readings.reduce(
    (sum, each) => unite(sum, recordsIn(each.records, window)),
    reading!.records,
  );
  piece.reading = {...reading!, records: oldestFirst([...records])};
}

function contradiction(pieces: readonly Piece[], readings: readonly Reading[]): Failure {
  const at = pieces.at(-1)!.window.fromMs;
  const shown = readings.map(
    ({records, span}) =>
      `${records.length} records from ${formatTime(span.fromMs)} to ${formatTime(span.toMs)}`,
  );
  return new Failure(
    'unexpected',
    `Confluence's answers about the audit log around ${formatTime(at)} contradict each other, and go on doing so when asked again: what is there cannot be told. Try again; if that goes on, report it to Atlassian support.`,
    {detail: `Answers showed ${shown.join(', ')}.`},
  );
}
