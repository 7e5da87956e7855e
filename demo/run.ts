import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join, relative} from 'node:path';

import {eventSource, generateLog} from '../sandbox/generate';
import {type Sandbox, startSandbox} from '../sandbox/server';
import {callersFolder} from './callers-folder';
import {check} from './check';
import {runConnector} from './connector';
import {readMessages, type ReadResult} from './messages';
import {formatCount, formatDuration, formatNumber} from './report/format';
import {renderHtml} from './report/html';
import {summarise} from './report/summarise';
import {renderTerminal, wantsColour} from './report/terminal';

const RECORDS = 20_000;
const DAYS = 300;
const LIVE_EVENTS = 25;
const LATE_EVENTS = 3;
const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const FOLDER = join(__dirname, '..', 'demo-output');

/**
 * The whole way, as Airbyte goes it: check, discover, a backfill, new events, an incremental read.
 * @throws Error as soon as a step does not do what it should
 */
export async function runDemo(): Promise<void> {
  rmSync(FOLDER, {recursive: true, force: true});
  mkdirSync(FOLDER);
  const nowMs = Date.now();
  const from = nowMs - DAYS * MS_PER_DAY;
  const log = generateLog({seed: 7, count: RECORDS, from, to: nowMs, shape: 'office'});
  const sandbox = await startSandbox({log});
  try {
    say(
      `A Confluence to try it on: ${formatNumber(log.size)} audit records of ${DAYS} days, at ${sandbox.url}`,
    );
    const config = save(
      'config.json',
      sandbox.settings({backfill_start_time: new Date(from).toISOString()}),
    );
    await checkAndDiscover(config);
    const catalog = save('catalog.json', configuredCatalog());
    const backfill = await readOnce('backfill', sandbox, [
      '--config',
      config,
      '--catalog',
      catalog,
    ]);
    const state = save('state.json', [backfill.stateMessage]);
    addEvents(sandbox);
    const incremental = await readOnce('incremental', sandbox, [
      '--config',
      config,
      '--catalog',
      catalog,
      '--state',
      state,
    ]);
    compare(sandbox, backfill, incremental);
    await show();
  } finally {
    await sandbox.close();
  }
}

async function checkAndDiscover(config: string): Promise<void> {
  const {status, seconds} = await check(config, path('check.jsonl'));
  say(`\nbin/main check      ${status} in ${formatDuration(seconds)}`);
  await runConnector(['discover', '--config', config], path('discover.jsonl'));
  const {streams} = await readMessages(path('discover.jsonl'));
  say(`bin/main discover   stream ${streams.join(', ')}`);
}

async function readOnce(
  name: string,
  sandbox: Sandbox,
  args: readonly string[],
): Promise<ReadResult> {
  const before = sandbox.requests.length;
  const {seconds} = await runConnector(['read', ...args], path(`${name}.jsonl`));
  const result = await readMessages(path(`${name}.jsonl`));
  const {records, state} = result;
  const speed = formatNumber(Math.round(records.length / seconds));
  say(
    `bin/main read       ${name}: ${formatNumber(records.length)} records, ${formatCount(sandbox.requests.length - before, 'request')}, ${formatDuration(seconds)} (${speed} records a second)`,
  );
  say(
    `                    state: all up to ${new Date(state.creationDate).toISOString()} is there, ${formatCount(state.emitted.length, 'id')} remembered`,
  );
  return result;
}

/** Some events of just now, and some that are older and surface only now. */
function addEvents({log}: Sandbox): void {
  const nowMs = Date.now();
  const eventAt = eventSource(7);
  for (let i = 0; i < LIVE_EVENTS; i++) {
    log.add(eventAt(nowMs - i));
  }
  for (let i = 1; i <= LATE_EVENTS; i++) {
    log.add(eventAt(nowMs - i * 10 * MS_PER_MINUTE));
  }
  say(
    `\n${LIVE_EVENTS} new events happen, and ${LATE_EVENTS} surface that happened up to ${LATE_EVENTS * 10} minutes ago.`,
  );
}

/** Holds both reads against the log; throws if anything is missing or came twice. */
function compare({log}: Sandbox, backfill: ReadResult, incremental: ReadResult): void {
  const ids = [...backfill.records, ...incremental.records].map(({id}) => id);
  const isExact = ids.length === log.size && new Set(ids).size === log.size;
  if (!isExact || incremental.records.length !== LIVE_EVENTS + LATE_EVENTS) {
    throw new Error(`the reads brought ${ids.length} records, and the log has ${log.size}`);
  }
  say(
    `\nBoth reads together: each of the log's ${formatNumber(log.size)} records once, none twice, none missing.\n`,
  );
}

async function show(): Promise<void> {
  const summary = await summarise(path('backfill.jsonl'));
  const {columns} = process.stdout;
  say(
    renderTerminal(summary, {
      ...(columns && {columns}),
      colour: wantsColour(process.stdout, process.env),
    }),
  );
  writeFileSync(path('report.html'), renderHtml(summary));
  say(`\nReport         ${relative(callersFolder('demo'), path('report.html'))}`);
  say(`Raw messages   ${relative(callersFolder('demo'), FOLDER)}/*.jsonl`);
}

function configuredCatalog(): unknown {
  const stream = {
    name: 'audit_records',
    json_schema: {},
    supported_sync_modes: ['full_refresh', 'incremental'],
  };
  return {streams: [{stream, sync_mode: 'incremental', destination_sync_mode: 'append_dedup'}]};
}

function save(name: string, content: unknown): string {
  writeFileSync(path(name), JSON.stringify(content, undefined, 2));
  return path(name);
}

function path(name: string): string {
  return join(FOLDER, name);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
