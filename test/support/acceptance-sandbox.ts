import {generateLog} from '../../sandbox/generate';
import {type Sandbox, startSandbox} from '../../sandbox/server';

/** The fixed times and the seed that test_files/expected_records.jsonl was made with. */
const FROM = Date.UTC(2026, 1, 1);
const TO = Date.UTC(2026, 2, 31);
const NOW = Date.UTC(2026, 3, 1, 12);
const SEED = 20_260_401;
/** Enough for several checkpoints. */
const COUNT = 12_000;

/** A site that never changes, in time or content: what acceptance-test-config.yml is about. */
export function startAcceptanceSandbox(): Promise<Sandbox> {
  const log = generateLog({seed: SEED, count: COUNT, from: FROM, to: TO, shape: 'office'});
  return startSandbox({log, now: () => NOW});
}
