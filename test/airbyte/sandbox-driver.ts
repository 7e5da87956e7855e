import {readFileSync, writeFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

import {AuditLog} from '../../sandbox/audit-log';
import type {AuditRecord} from '../../sandbox/audit-record';
import {eventSource, generateLog} from '../../sandbox/generate';
import {type Sandbox, startSandbox} from '../../sandbox/server';
import {startAcceptanceSandbox} from '../support/acceptance-sandbox';

/**
 * A sandbox for programs that are not written in TypeScript: it writes the connector's settings as
 * one line of JSON, then takes a command a line and answers each with a line, until stdin ends.
 */

const DAY_MS = 24 * 3_600_000;
const SEED = 5;

interface Command {
  /** Adds an event at each of these times, epoch ms. */
  add?: number[];
  /** Adds the newest event this many times more: exact twins. */
  repeat?: number;
  /** Writes the log to this file, a record a line, oldest first. */
  dump?: string;
  /** The next `times` requests get this status and these headers, and no body. */
  refuse?: {status: number; times: number; headers?: Record<string, string>};
}

/** A log of the last 30 days, on this machine's clock. */
function startMovingSandbox(): Promise<Sandbox> {
  const to = Date.now() - DAY_MS / 4;
  const from = to - 30 * DAY_MS;
  return startSandbox({
    log: generateLog({seed: SEED, count: 3000, from, to, shape: 'office'}),
  });
}

/** A log from a file: a record a line, in any order. */
function startSandboxOf(path: string): Promise<Sandbox> {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return startSandbox({log: AuditLog.from(lines.map((line) => JSON.parse(line) as AuditRecord))});
}

function start(what?: string): Promise<Sandbox> {
  if (what === undefined) return startMovingSandbox();
  return what === 'acceptance' ? startAcceptanceSandbox() : startSandboxOf(what);
}

function obey({log, options}: Sandbox, makeEvent: ReturnType<typeof eventSource>, line: string) {
  const {add = [], repeat = 0, dump, refuse} = JSON.parse(line) as Command;
  add.forEach((time) => log.add(makeEvent(time)));
  const newest = log.records().at(-1);
  for (let n = 0; newest && n < repeat; n++) log.add(newest);
  if (dump !== undefined) {
    writeFileSync(
      dump,
      log
        .records()
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    );
  }
  if (refuse) {
    let left = refuse.times;
    options.intercept = (_request, response) => {
      if (left-- <= 0) return false;
      response.writeHead(refuse.status, refuse.headers).end();
      return true;
    };
  }
  return {size: log.size};
}

async function main(): Promise<void> {
  const sandbox = await start(process.argv[2]);
  const [first] = sandbox.log;
  const backfillStart = new Date((first?.creationDate ?? 0) - DAY_MS).toISOString();
  const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  const makeEvent = eventSource(SEED);
  say(sandbox.settings({backfill_start_time: backfillStart}));
  for await (const line of createInterface({input: process.stdin})) {
    say(obey(sandbox, makeEvent, line));
  }
  await sandbox.close();
}

void main();
