const RECORDS_BETWEEN_RUNS = 100;

/** How many rows offsets count in a list of so many records. */
export function rowsOf(records: number, filteredRows: number): number {
  const runs = Math.floor(records / RECORDS_BETWEEN_RUNS);
  return records + filteredRows * (records + runs * RECORDS_BETWEEN_RUNS);
}

/** How many of the first `rows` rows are records; see `Lies.filteredRows`. */
export function recordsIn(rows: number, filteredRows: number): number {
  if (filteredRows === 0) return rows;
  const inBlock = RECORDS_BETWEEN_RUNS * (1 + filteredRows);
  const block = inBlock + RECORDS_BETWEEN_RUNS * filteredRows;
  const whole = Math.floor(rows / block) * RECORDS_BETWEEN_RUNS;
  return whole + Math.ceil(Math.min(rows % block, inBlock) / (1 + filteredRows));
}
