import {median} from './median';
import type {Case, Check, Growth, Measured, Results, StartUp, Standing} from './results';

const MOST_TIMES_BARE_CLIENT = 1.7;
const MOST_TIMES_BARE_CLIENT_DELAYED = 0.35;
const MOST_IN_FLIGHT = 4;
const MOST_TIMES_FEWEST_REQUESTS = 1.15;
const MOST_MEMORY_MB = 150;
/** What counts as the same peak: less differs from run to run. */
const MOST_MEMORY_GROWTH = 1.1;
const MEMORY_GROWTH_FROM = 100_000;
const MOST_TIMES_NODE = 6;
const PAGE_SIZE = 1000;

/** The figures that section 7 of the contract asks for, as measured. */
export function checkContract(
  results: Pick<Results, 'cases' | 'growth' | 'slowReader' | 'startUp'>,
): Check[] {
  const reads = results.cases.map(connectorIn);
  return [
    ...results.cases.map(timeCheck),
    requestsCheck(results.cases),
    check('requests in flight, at most', MOST_IN_FLIGHT, '', mostInFlight(reads, results.growth)),
    ...memoryChecks(results),
    startUpCheck(results.startUp),
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

/** The fewest requests that a log can be read with. */
export function fewestRequests(records: number): number {
  return Math.ceil(records / PAGE_SIZE);
}

function timeCheck(of: Case): Check {
  const delayed = of.delayMs > 0;
  const delay = delayed ? `${of.delayMs} ms a request` : 'no delay';
  const what = `time by the bare client's, ${delay}, ${count(of.records)} records`;
  const atMost = delayed ? MOST_TIMES_BARE_CLIENT_DELAYED : MOST_TIMES_BARE_CLIENT;
  return check(what, atMost, '×', connectorIn(of).timesBareClient);
}

function requestsCheck(cases: readonly Case[]): Check {
  const ratios = cases.map(
    (each) => connectorIn(each).median.requests / fewestRequests(each.records),
  );
  const what = 'requests by the fewest possible, even log, worst of all sizes';
  return check(what, MOST_TIMES_FEWEST_REQUESTS, '×', Math.max(...ratios));
}

function mostInFlight(reads: readonly Standing[], growth: readonly Growth[]): number {
  const runs = [...reads, ...growth].flatMap((each) => each.runs);
  return Math.max(...runs.map((run) => run.mostInFlight));
}

function memoryChecks({
  cases,
  growth,
  slowReader,
}: Pick<Results, 'cases' | 'growth' | 'slowReader'>): Check[] {
  const even = highestPeak([...cases.map(connectorIn), ...growth.filter(isEven)]);
  const uneven = highestPeak(growth.filter((each) => !isEven(each)));
  const slowPeak = highestPeak([slowReader]);
  const large = cases.filter(
    ({delayMs, records}) => delayMs === 0 && records >= MEMORY_GROWTH_FROM,
  );
  const [smallest] = large;
  const largest = large.at(-1);
  const slowly = `reader takes ${slowReader.bytesPerSecond / 1_000_000} MB/s`;
  return [
    check('peak memory, even logs, highest of all runs', MOST_MEMORY_MB, 'MB', even),
    check('peak memory, other logs, highest of all runs', MOST_MEMORY_MB, 'MB', uneven),
    check(`peak memory, ${slowly}`, MOST_MEMORY_MB, 'MB', slowPeak),
    ...(smallest && largest && largest !== smallest ? [growthCheck(smallest, largest)] : []),
  ];
}

function growthCheck(smaller: Case, larger: Case): Check {
  const what = `peak memory, ${count(larger.records)} by ${count(smaller.records)} records`;
  const [before, after] = [smaller, larger].map((each) => connectorIn(each).median.peakMemoryMb);
  return check(what, MOST_MEMORY_GROWTH, '×', (after ?? NaN) / (before ?? NaN));
}

function highestPeak(measured: readonly Measured[]): number {
  return Math.max(...measured.flatMap(({runs}) => runs.map(({peakMemoryMb}) => peakMemoryMb)));
}

function isEven({shape}: Growth): boolean {
  return shape === 'even';
}

function startUpCheck({specSeconds, ratio}: StartUp): Check {
  const ms = (median(specSeconds) * 1000).toFixed(0);
  return check(`time of \`spec\` (${ms} ms) by that of \`node -e 0\``, MOST_TIMES_NODE, '×', ratio);
}

function check(what: string, atMost: number, unit: string, figure: number): Check {
  return {what, figure, atMost, unit, isMet: figure <= atMost};
}

function count(records: number): string {
  return records.toLocaleString('en-US');
}
