import type {ChildProcess} from 'node:child_process';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

import {Random} from '../../sandbox/random';
import type {HttpAnswer} from '../../src/http/client';
import {read as readInOwnProcess, type Run, stateInput} from '../support/connector';
import {read} from '../support/resident';
import {AuditServer} from './audit-server';
import {type Chain, shortestLookbackMs, type Step} from './chain';
import {withHidden} from './filtering';
import {Ledger} from './ledger';
import {settingsOf, type SyncOutput} from './sync';
import {SimulatedTime} from './time';
import {Transport} from './transport';

/** When a process of its own, started to die, does so: after so many requests. */
const REQUESTS_BEFORE_DEATH = 3;

/** Runs a chain through bin/main and sockets: slower, and with all that lies between the source and its stdout. */
export async function runServedChain(chain: Chain): Promise<Ledger> {
  const random = new Random(chain.seed);
  const time = new SimulatedTime(chain.firstSyncMs);
  const rows = withHidden(chain.happenings, chain.behaviour, chain.seed).sort(
    (a, b) => a.visibleAtMs - b.visibleAtMs,
  );
  const audit = new AuditServer(chain.behaviour, random);
  const ledger = new Ledger(chain.happenings, shortestLookbackMs(chain));

  const run = async (step: Step): Promise<void> => {
    time.nowMs += step.waitMs;
    const startedMs = time.nowMs;
    const lacks = (): boolean => false;
    const transport = new Transport(audit, rows, time, {...step, lacks}, random);
    const {lookbackMinutes, backfillStartMs} = step;
    const settings = {lookbackMinutes, backfillStartMs};
    const mayDie = step.crashAfter !== undefined;
    let child: ChildProcess | undefined;
    let requests = 0;
    const server = await serve((request, response) => {
      time.nowMs += step.requestMs;
      requests++;
      if (mayDie && requests > REQUESTS_BEFORE_DEATH) {
        child?.kill('SIGKILL');
        return;
      }
      const {searchParams, pathname} = new URL(request.url!, 'http://localhost');
      if (!pathname.endsWith('/wiki/rest/api/audit')) {
        response.writeHead(403).end();
        return;
      }
      const answer = transport.respond(requests, searchParams);
      time.nowMs += step.answerMs;
      send(response, answer());
    });
    const {port} = server.address() as AddressInfo;
    try {
      const input = {
        config: {...settingsOf(settings), api_url: `http://127.0.0.1:${port}`},
        state: stateInput(ledger.state),
      };
      const onStart = (started: ChildProcess): void => {
        child = started;
      };
      const done = await (mayDie ? readInOwnProcess({...input, onStart}) : read(input));
      const mayFailAs = step.faults.length > 0 ? ['transient_error', 'config_error'] : [];
      ledger.enter(outputOf(done), {
        settings,
        startedMs,
        endedMs: time.nowMs,
        lacks,
        mayFailAs: [...mayFailAs, ...chain.mayFailAs],
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  for (const step of chain.steps) {
    await run(step);
  }
  const latest = chain.happenings.map(({timeMs, visibleAtMs}) => Math.max(timeMs, visibleAtMs));
  time.nowMs = Math.max(time.nowMs, ...latest) + 2000;
  await run({...chain.steps.at(-1)!, waitMs: 0, faults: [], crashAfter: undefined});
  return ledger;
}

function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(answer);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function send(response: ServerResponse, answer: HttpAnswer | Error | 'silence'): void {
  if (answer === 'silence' || answer instanceof Error) {
    response.destroy();
  } else {
    // Without a Date of Node's own: the world has its own, or none.
    response.sendDate = false;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

/** What of stdout the ledger looks at: a read's messages, and how it ended. */
function outputOf({stdout, errors, signal}: Run): SyncOutput {
  const [error] = errors;
  const lines = stdout.split('\n').slice(0, -1);
  const own = lines.filter(
    (line) => !/"type":"LOG"|"type":"ERROR"|RATE_LIMITED|INCOMPLETE/.test(line),
  );
  return {
    lines: own,
    failure: error && {failureType: error.failure_type, message: error.message},
    hasCrashed: signal !== null,
  };
}
