import type {Window} from './windows';

/** A gap, or a part of one, and how it is to be asked for. */
export interface Order {
  readonly window: Window;
  /** How many pages it is expected to take. */
  readonly pages: number;
  /** The windows before it were as dense as expected: its pages are asked for at once, else the first one first. */
  readonly isTrusted: boolean;
  /** After so many it is left for now. */
  readonly mostPages: number;
  /** How far beyond it one has to look to see some records, ms. */
  readonly marginMs: number;
  /** It is a part of a gap, and what comes before it is not known. */
  readonly isCut: boolean;
  /** It was counted out to hold as much as may be read at once. */
  readonly isCounted: boolean;
  /** Nothing is known of how much it holds. */
  readonly isBlind: boolean;
  /** So many records that are known before it are to be shown again. */
  readonly overlap: number;
}

/** What was shown of an order's window, at least. */
export interface Seen {
  readonly window: Window;
  /** How many records. */
  readonly count: number;
}
