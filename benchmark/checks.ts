import {serviceText} from './figure-text';
import {median} from './median';
import type {Case, Check, Growth, Measured, Results, Spelled, StartUp, Standing} from './results';

/** The figures that the project asks of itself. */
const MOST_TIMES_BARE_CLIENT = {gzip: 1, plain: 1.3, small: 1.5, delayed: 0.35, smallDelayed: 0.45};
/** The start-up has more weight in a log that is smaller. */
const SMALL_BELOW = 100_000;
const MOST_TIMES_USUAL_SPELLING = 1.15;
const MOST_IN_FLIGHT = 4;
const MOST_TIMES_FEWEST_REQUESTS = {even: 1.12, other: 1.6};
/** For the outer edges of a sync, however many records it has. */
const REQUESTS_BESIDE = 2;
const MOST_MEMORY_MB = 150;
/** What counts as the same peak: less differs from run to run. */
const MOST_MEMORY_GROWTH = 1.1;
const MEMORY_GROWTH_FROM = 100_000;
const MOST_TIMES_NODE = 2;
const PAGE_SIZE = 1000;

/** Measured figures beside what the project asks of itself; what was not measured has none. */
export function checkContract(
  results: Omit<Results, 'date' | 'machine' | 'versions' | 'meter' | 'checks'>,
): Check[] {
  return [
    ...results.cases.map(timeCheck),
    ...results.spellings.map(spellingCheck),
    ...requestsChecks(results),
    ...inFlightCheck(results),
    ...memoryChecks(results),
    ...(results.startUp ? [startUpCheck(results.startUp)] : []),
  ];
}

/** The connector's part of a case. */
export function connectorIn({contestants}: Case): Standing {
  const found = contestants.find(({name}) => name === 'connector');
  if (!found) {
    throw new Error('the connector was not measured');
  }
  return found;
}

/** The fewest requests that a log can be read with, however its records lie in time. */
export function fewestRequests(records: number): number {
  return Math.ceil(records / PAGE_SIZE);
}

function timeCheck(of: Case): Check {
  const what = `time by the bare client's, ${serviceText(of)}, ${count(of.records)} records`;
  return check(what, mostTimes(of), '×', connectorIn(of).timesBareClient);
}

function mostTimes({records, delayMs, encoding}: Case): number {
  const isSmall = records < SMALL_BELOW;
  const {small, smallDelayed, delayed} = MOST_TIMES_BARE_CLIENT;
  if (delayMs > 0) {
    return isSmall ? smallDelayed : delayed;
  }
  return isSmall ? small : MOST_TIMES_BARE_CLIENT[encoding];
}

function spellingCheck({spelling, records, timesUsual}: Spelled): Check {
  const what = `time of ${count(records)} records with ${spelling} by that of the usual spelling`;
  return check(what, MOST_TIMES_USUAL_SPELLING, '×', timesUsual);
}

function requestsChecks({cases, growth}: Pick<Results, 'cases' | 'growth'>): Check[] {
  const ofCases = cases.map((each) => requestRatio(each.records, connectorIn(each)));
  const ofGrowth = (isWanted: (of: Growth) => boolean): number[] =>
    growth.filter(isWanted).map((each) => requestRatio(each.records, each));
  const {even, other} = MOST_TIMES_FEWEST_REQUESTS;
  const what = `requests, less ${REQUESTS_BESIDE}, by the fewest possible, worst of all sizes`;
  return [
    ...highest(`${what}: even logs`, even, '×', [...ofCases, ...ofGrowth(isEven)]),
    ...highest(
      `${what}: other logs`,
      other,
      '×',
      ofGrowth((of) => !isEven(of)),
    ),
  ];
}

function requestRatio(records: number, {runs}: Measured): number {
  const most = Math.max(...runs.map(({requests}) => requests));
  return Math.max(0, most - REQUESTS_BESIDE) / fewestRequests(records);
}

function inFlightCheck({cases, growth}: Pick<Results, 'cases' | 'growth'>): Check[] {
  const runs = [...cases.map(connectorIn), ...growth].flatMap((each) => each.runs);
  const most = runs.map(({mostInFlight}) => mostInFlight);
  return highest('requests in flight, at most', MOST_IN_FLIGHT, '', most);
}

function memoryChecks(
  results: Pick<Results, 'cases' | 'growth' | 'spellings' | 'slowReader' | 'large'>,
): Check[] {
  const {cases, growth, spellings, slowReader, large} = results;
  const even = [...cases.map(connectorIn), ...growth.filter(isEven), ...spellings];
  const other = growth.filter((each) => !isEven(each));
  const memory = (of: string, measured: readonly Measured[]): Check[] =>
    highest(`peak memory, ${of}`, MOST_MEMORY_MB, 'MB', measured.flatMap(peaks));
  const slowly = `reader takes ${(slowReader?.bytesPerSecond ?? 0) / 1_000_000} MB/s`;
  const largely = `${count(large?.records ?? 0)} records of ${count(large?.recordBytes ?? 0)} bytes`;
  return [
    ...memory('even logs, highest of all runs', even),
    ...memory('other logs, highest of all runs', other),
    ...memory(slowly, slowReader ? [slowReader] : []),
    ...memory(largely, large ? [large] : []),
    ...growthCheck(cases),
  ];
}

function growthCheck(cases: readonly Case[]): Check[] {
  const large = cases.filter(
    ({delayMs, encoding, records}) =>
      delayMs === 0 && encoding === 'gzip' && records >= MEMORY_GROWTH_FROM,
  );
  const [smaller] = large;
  const larger = large.at(-1);
  if (!smaller || !larger || larger === smaller) {
    return [];
  }
  const what = `peak memory, ${count(larger.records)} by ${count(smaller.records)} records`;
  const [before, after] = [smaller, larger].map((each) => connectorIn(each).median.peakMemoryMb);
  return [check(what, MOST_MEMORY_GROWTH, '×', (after ?? NaN) / (before ?? NaN))];
}

function peaks({runs}: Measured): number[] {
  return runs.map(({peakMemoryMb}) => peakMemoryMb);
}

function isEven({shape}: Growth): boolean {
  return shape === 'even';
}

function startUpCheck({specSeconds, ratio}: StartUp): Check {
  const ms = (median(specSeconds) * 1000).toFixed(0);
  return check(`time of \`spec\` (${ms} ms) by that of \`node -e 0\``, MOST_TIMES_NODE, '×', ratio);
}

/** A check of the highest figure, if there is any. */
function highest(what: string, atMost: number, unit: string, figures: readonly number[]): Check[] {
  return figures.length === 0 ? [] : [check(what, atMost, unit, Math.max(...figures))];
}

function check(what: string, atMost: number, unit: string, figure: number): Check {
  return {what, figure, atMost, unit, isMet: figure <= atMost};
}

function count(records: number): string {
  return records.toLocaleString('en-US');
}
