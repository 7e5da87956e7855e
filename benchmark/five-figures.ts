import {connectorIn, fewestRequests} from './checks';
import {times, whole} from './figure-text';
import {median} from './median';
import type {Case, Measured, Results} from './results';
import {table} from './tables';

const RECORDS = 100_000;

/** The figures that a reader asks for first, each with the command that makes it. */
export function renderFiveFigures(results: Results): string {
  const even = results.cases.filter(({records}) => records === RECORDS);
  const atOnce = even.find(({delayMs, encoding}) => delayMs === 0 && encoding === 'gzip');
  const delayed = even.find(({delayMs}) => delayMs > 0);
  const rows = [
    ...timeRow('a server that answers at once', atOnce),
    ...timeRow(`a server that takes ${delayed?.delayMs ?? 0} ms`, delayed),
    ...requestsRow(atOnce),
    ...memoryRow(results),
    ...startUpRow(results),
  ];
  return rows.length === 0 ? '' : table(['', 'measured', 'by'], rows);
}

function timeRow(server: string, of: Case | undefined): string[][] {
  const what = `time for ${whole(RECORDS)} records, by that of a client that only fetches and parses them: ${server}`;
  return of
    ? [[what, times(connectorIn(of).timesBareClient), command(`speed --sizes ${RECORDS}`)]]
    : [];
}

function requestsRow(of: Case | undefined): string[][] {
  const what = `requests for them; ${fewestRequests(RECORDS)} is the fewest possible`;
  return of
    ? [[what, whole(connectorIn(of).median.requests), command(`speed --sizes ${RECORDS}`)]]
    : [];
}

function memoryRow({cases, growth, large, slowReader}: Results): string[][] {
  const measured: Measured[] = [...cases.map(connectorIn), ...growth];
  for (const each of [large, slowReader]) {
    if (each) measured.push(each);
  }
  const peaks = measured.flatMap(({runs}) => runs.map(({peakMemoryMb}) => peakMemoryMb));
  const most = Math.max(...cases.map(({records}) => records), 0);
  const what = `most memory, any log, up to ${whole(most)} records`;
  return peaks.length === 0
    ? []
    : [[what, `${whole(Math.max(...peaks))} MB`, command('speed,memory,shapes')]];
}

function startUpRow({startUp}: Results): string[][] {
  const ms = median(startUp?.specSeconds ?? []) * 1000;
  const what = 'time of `bin/main spec`, from start to end';
  return startUp ? [[what, `${whole(ms)} ms`, command('start-up')]] : [];
}

function command(topics: string): string {
  return `\`npm run bench -- --only ${topics}\``;
}
