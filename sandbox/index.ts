import {BadOption, helpText, parseCommandLine} from './command-line';
import {type ConnectorFiles, writeConnectorFiles} from './connector-files';
import {generateLog} from './generate';
import {optionsFor} from './grant-wishes';
import {addLiveEvents} from './live-events';
import {type Sandbox, startSandbox} from './server';
import type {Wishes} from './wishes';

const DAY_MS = 24 * 3_600_000;

async function run(wishes: Wishes): Promise<void> {
  const to = Date.now();
  const from = to - wishes.days * DAY_MS;
  const {seed, shape, spelling, eventsPerMinute} = wishes;
  const log = generateLog({seed, count: wishes.records, from, to, shape, spelling});
  const sandbox = await startSandbox({log, ...optionsFor(wishes)});
  const backfill = {backfill_start_time: new Date(from).toISOString()};
  const files = await writeConnectorFiles(sandbox.settings(backfill));
  const stopEvents = addLiveEvents(log, eventsPerMinute, seed);
  process.stdout.write(describe(sandbox, files, wishes));
  await stopSignal();
  stopEvents();
  await sandbox.close();
  await files.remove();
}

function describe(
  {url, log}: Sandbox,
  {settings, catalog}: ConnectorFiles,
  wishes: Wishes,
): string {
  const live = wishes.eventsPerMinute > 0 ? `, ${wishes.eventsPerMinute} more a minute` : '';
  return `Confluence sandbox at ${url}
  ${log.size} audit records of ${wishes.days} days${live}
  settings  ${settings}
  catalog   ${catalog}

  bin/main check --config ${settings}
  bin/main read --config ${settings} --catalog ${catalog}

Ctrl-C stops it and removes the two files.
`;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** The sandbox as a program. Exit code 2: an option is wrong; 1: it could not start. */
async function main(): Promise<void> {
  try {
    const wishes = parseCommandLine(process.argv.slice(2));
    if (wishes) await run(wishes);
    else process.stdout.write(helpText());
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`sandbox: ${message}\n`);
    process.exitCode = error instanceof BadOption ? 2 : 1;
  }
}

void main();
