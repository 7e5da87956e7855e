import {fewestRequests} from './checks';
import {serviceText, threeDigits, times, whole} from './figure-text';
import type {Case, Check, Growth, Results, Spelled, Standing} from './results';

/** All that was measured, as Markdown: what docs/benchmark.md shows and the terminal prints. */
export function renderTables(results: Results): string {
  const services = [...new Set(results.cases.map(serviceText))];
  return [
    describe(results),
    checksTable(results.checks),
    ...services.map((service) =>
      casesTable(
        service,
        results.cases.filter((each) => serviceText(each) === service),
      ),
    ),
    leftOutText(results.cases),
    spellingsTable(results.spellings),
    memoryText(results),
    growthTable(results.growth),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function describe({machine, versions, date, cases, growth, meter}: Results): string {
  const runs = (cases[0]?.contestants[0] ?? growth[0])?.runs.length ?? 1;
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

function casesTable(service: string, cases: readonly Case[]): string {
  const head = [
    `records, ${service}`,
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
  for (const each of cases) {
    for (const {name, why} of each.leftOut) {
      const reason = `${name}: ${why}`;
      const where = `${whole(each.records)} records, ${serviceText(each)}`;
      byReason.set(reason, [...(byReason.get(reason) ?? []), where]);
    }
  }
  const lines = [...byReason].map(([reason, where]) => `- ${reason} (${where.join('; ')})`);
  return lines.length === 0 ? '' : ['Not run:', '', ...lines].join('\n');
}

function spellingsTable(spellings: readonly Spelled[]): string {
  const head = ['spelling of the JSON', 'records', 'time by the usual', "bare client's", 'peak MB'];
  const rows = spellings.map(({spelling, records, timesUsual, bareTimesUsual, median}) => [
    spelling,
    whole(records),
    times(timesUsual),
    times(bareTimesUsual),
    whole(median.peakMemoryMb),
  ]);
  return rows.length === 0 ? '' : table(head, rows);
}

function memoryText({slowReader, large}: Pick<Results, 'slowReader' | 'large'>): string {
  const lines: string[] = [];
  if (slowReader) {
    const {records, bytesPerSecond, median} = slowReader;
    lines.push(
      `With a reader that takes ${whole(bytesPerSecond / 1_000_000)} MB/s: ${whole(records)} records in ` +
        `${threeDigits(median.wallSeconds)} s, peak memory ${whole(median.peakMemoryMb)} MB.`,
    );
  }
  if (large) {
    const {records, recordBytes, median} = large;
    lines.push(
      `With ${whole(records)} records of ${whole(recordBytes)} bytes: peak memory ` +
        `${whole(median.peakMemoryMb)} MB.`,
    );
  }
  return lines.join('\n');
}

function growthTable(growth: readonly Growth[]): string {
  const head = ['log', 'records', 'requests', 'fewest possible', 'CPU seconds', 'peak MB'];
  const rows = growth.map(({shape, records, median}) => [
    shape,
    whole(records),
    whole(median.requests),
    whole(fewestRequests(records)),
    threeDigits(median.cpuSeconds),
    whole(median.peakMemoryMb),
  ]);
  const title = "How the connector's cost grows, gzip, no delay (medians):";
  return rows.length === 0 ? '' : `${title}\n\n${table(head, rows)}`;
}

/** Columns that hold figures are set to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isFigures = head.map((_, column) =>
    rows.every((row) => /^\**[\d.,]+( \D*)?$/.test(row[column] ?? '')),
  );
  const rule = isFigures.map((figures) => (figures ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
