import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import type {AirbyteMessage} from '@faros-ai/airbyte-cdk/lib/protocol';
import {AirbyteSourceLogger} from '@faros-ai/airbyte-cdk/lib/sources/source-logger';
import {AirbyteSourceRunner} from '@faros-ai/airbyte-cdk/lib/sources/source-runner';
import {expect, test} from '@jest/globals';

import {Log} from '../src/airbyte/messages';
import {systemClock} from '../src/clock';
import {ConfluenceAuditLogsSource} from '../src/source';
import {asSent, backfill, confluence, logOf} from './support/confluence';
import {CATALOG, type Message, stateInput} from './support/connector';
import {read} from './support/resident';

/** Takes what the CDK would print. */
class Ear extends AirbyteSourceLogger {
  readonly messages: Message[] = [];

  override write(message: AirbyteMessage): void {
    this.messages.push(JSON.parse(JSON.stringify(message)) as Message);
  }
}

/** Runs a command of the CDK's own runner on the source, as a project on the CDK would. */
async function runByCdk(args: readonly string[]): Promise<Message[]> {
  const output = new Ear();
  const source = new ConfluenceAuditLogsSource({
    output,
    log: new Log(output),
    clock: systemClock,
  });
  await new AirbyteSourceRunner(output, source).mainCommand().parseAsync(['node', 'main', ...args]);
  return output.messages;
}

test("the source runs under the CDK's runner: the same messages as under ours", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-'));
  const sandbox = await confluence({log: logOf(50)});
  const config = backfill(sandbox);
  const [settings, catalog] = ['settings.json', 'catalog.json'].map((name) =>
    join(folder, name),
  ) as [string, string];
  writeFileSync(settings, JSON.stringify(config));
  writeFileSync(catalog, JSON.stringify(CATALOG));

  const spec = await runByCdk(['spec']);
  expect(spec.map(({type}) => type)).toEqual(['SPEC']);
  const check = await runByCdk(['check', '--config', settings]);
  expect(check.at(-1)?.connectionStatus).toEqual({status: 'SUCCEEDED'});
  const discover = await runByCdk(['discover', '--config', settings]);
  expect(discover.at(-1)?.catalog?.streams.map(({name}) => name)).toEqual(['audit_records']);

  const messages = await runByCdk(['read', '--config', settings, '--catalog', catalog]);
  const ours = await read({config});
  const withoutTimes = (all: readonly Message[]): object[] =>
    all
      .filter(({type}) => type !== 'LOG')
      .map(({type, record, state, trace}) => ({
        type,
        record: record?.data,
        stateOf: state?.stream.stream_descriptor,
        counted: state?.sourceStats,
        status: trace?.stream_status,
      }));
  expect(messages.flatMap(({record}) => (record ? [asSent(record.data)] : []))).toEqual([
    ...sandbox.log,
  ]);
  expect(withoutTimes(messages)).toEqual(withoutTimes(ours.messages));

  const state = join(folder, 'state.json');
  const saved = messages.findLast((each) => each.state)?.state?.stream.stream_state;
  writeFileSync(state, JSON.stringify(stateInput(saved)));
  const inputs = ['--config', settings, '--catalog', catalog, '--state', state];
  const again = await runByCdk(['read', ...inputs]);
  expect(again.filter(({record}) => record)).toEqual([]);
  expect(again.at(-1)?.trace?.stream_status?.status).toBe('COMPLETE');
  rmSync(folder, {recursive: true});
});
