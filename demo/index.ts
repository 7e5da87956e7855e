import {parseArgs} from 'node:util';

import {runDemo} from './run';

const HELP = `Usage: npm run demo

Starts a Confluence to try things on, and runs the connector against it as Airbyte would: check,
discover, a backfill, new events, an incremental read. Shows what came, and leaves the raw messages
and a report in demo-output/. It takes some seconds, and needs no account and no network.

  -h, --help   shows this
`;

/** Runs the demo unless the arguments say otherwise. Resolves to the exit code. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const {values} = parseArgs({
      args: [...args],
      options: {help: {type: 'boolean', short: 'h'}},
    });
    if (values.help === true) {
      process.stdout.write(HELP);
      return 0;
    }
  } catch (error) {
    process.stderr.write(`demo: ${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  await runDemo();
  return 0;
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
