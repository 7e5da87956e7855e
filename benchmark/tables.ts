import {fewestRequests} from './checks';
import {delayText, threeDigits, times, whole} from './figure-text';
import type {Case, Check, Growth, Results, SlowReader, Standing} from './results';

/** All that was measured, as Markdown: what the README shows and the terminal prints. */
export function renderTables(results: Results): string {
  const delays = [...new Set(results.cases.map(({delayMs}) => delayMs))];
  return [
    describe(results),
    checksTable(results.checks),
    ...delays.map((delayMs) =>
      casesTable(results.cases.filter((each) => each.delayMs === delayMs)),
    ),
    leftOutText(results.cases),
    slowReaderText(results.slowReader),
    "How the connector's cost grows, no delay (medians):",
    growthTable(results.growth),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function describe({machine, versions, date, cases, meter}: Results): string {
  const runs = cases[0]?.contestants[0]?.runs.length ?? 0;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `Measured ${date.slice(0, 10)} on ${machine.cpu}, ${machine.cores} cores, ` +
    `${machine.memoryGb} GiB, ${machine.system}; ${named.join(', ')}. ` +
    `Median of ${runs} ${runs === 1 ? 'run' : 'runs'}; ratios are taken within a round. ` +
    `CPU and memory: ${meter}.`
  );
}

function checksTable(checks: readonly Check[]): string {
  const rows = checks.map(({what, figure, atMost, unit, isMet}) => {
    const text = (value: number): string => [threeDigits(value), unit].join(' ').trim();
    return [what, text(figure), text(atMost), isMet ? 'met' : '**not met**'];
  });
  return table(['what the project asks of itself', 'measured', 'at most', ''], rows);
}

function casesTable(cases: readonly Case[]): string {
  const [first] = cases;
  const head = [
    `records, ${delayText(first?.delayMs ?? 0)}`,
    'read by',
    "time by the bare client's",
    "by the connector's",
    'records/s',
    'seconds',
    'CPU seconds',
    'peak MB',
    'requests',
    'in flight',
  ];
  const rows = cases.flatMap(({records, contestants}) =>
    contestants.map((each) => [whole(records), ...standingCells(each)]),
  );
  return table(head, rows);
}

function standingCells(standing: Standing): string[] {
  const {name, timesBareClient, timesConnector, median} = standing;
  const isOurs = name === 'connector';
  return [
    isOurs ? '**connector**' : name,
    isOurs ? `**${times(timesBareClient)}**` : times(timesBareClient),
    times(timesConnector),
    whole(standing.recordsPerSecond),
    threeDigits(median.wallSeconds),
    threeDigits(median.cpuSeconds),
    whole(median.peakMemoryMb),
    whole(median.requests),
    whole(median.mostInFlight),
  ];
}

function leftOutText(cases: readonly Case[]): string {
  const byReason = new Map<string, string[]>();
  for (const {records, delayMs, leftOut} of cases) {
    for (const {name, why} of leftOut) {
      const reason = `${name}: ${why}`;
      const where = `${whole(records)} records with ${delayText(delayMs)}`;
      byReason.set(reason, [...(byReason.get(reason) ?? []), where]);
    }
  }
  const lines = [...byReason].map(([reason, where]) => `- ${reason} (${where.join('; ')})`);
  return lines.length === 0 ? '' : ['Not run:', '', ...lines].join('\n');
}

function slowReaderText({records, bytesPerSecond, median}: SlowReader): string {
  return (
    `With a reader that takes ${whole(bytesPerSecond / 1_000_000)} MB/s: ${whole(records)} records in ` +
    `${threeDigits(median.wallSeconds)} s, peak memory ${whole(median.peakMemoryMb)} MB.`
  );
}

function growthTable(growth: readonly Growth[]): string {
  const head = [
    'log',
    'records',
    'requests',
    'fewest possible',
    'CPU seconds',
    'seconds',
    'peak MB',
  ];
  const rows = growth.map(({shape, records, median}) => [
    shape,
    whole(records),
    whole(median.requests),
    whole(fewestRequests(records)),
    threeDigits(median.cpuSeconds),
    threeDigits(median.wallSeconds),
    whole(median.peakMemoryMb),
  ]);
  return table(head, rows);
}

/** Columns that hold figures are set to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isFigures = head.map((_, column) =>
    rows.every((row) => /^\**[\d.,]+( \D*)?$/.test(row[column] ?? '')),
  );
  const rule = isFigures.map((figures) => (figures ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
