import {type AirbyteVersions, installAirbyte} from './airbyte-peer';
import type {BenchPlan} from './bench-plan';
import {checkContract} from './checks';
import {AIRBYTE} from './contestants';
import {describeMachine, ownVersions} from './machine';
import {measureRead, onLog} from './measure-read';
import {meterName} from './process-cost';
import type {Results} from './results';
import {runCases} from './run-cases';
import {runGrowth, runSlowReader, runStartUp} from './run-connector';

/** Measures all that the plan names; `tell` hears how far it is. */
export async function runBenchmark(
  plan: BenchPlan,
  tell: (progress: string) => void,
): Promise<Results> {
  const airbyte = await prepareAirbyte(plan, tell);
  const startUp = await runStartUp(plan, tell);
  const cases = await runCases(plan, airbyte.whyNot, tell);
  const slowReader = await runSlowReader(plan, tell);
  const growth = await runGrowth(plan, tell);
  const measured = {cases, slowReader, growth, startUp};
  return {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: {...ownVersions(), ...airbyte.versions},
    meter: meterName(),
    ...measured,
    checks: checkContract(measured),
  };
}

interface Readiness {
  readonly versions?: AirbyteVersions;
  readonly whyNot?: string;
}

/** Installs Airbyte's own way and tries it once, which also compiles its modules. */
async function prepareAirbyte(
  {withPeers}: BenchPlan,
  tell: (progress: string) => void,
): Promise<Readiness> {
  if (!withPeers) {
    return {whyNot: 'left out on request'};
  }
  try {
    tell('airbyte-cdk: installing it, unless it is there');
    const versions = installAirbyte();
    await onLog({records: 100, shape: 'even'}, async (setting) => {
      for (const contestant of AIRBYTE) {
        await measureRead(contestant, setting, 0);
      }
    });
    return {versions};
  } catch (error) {
    return {whyNot: `cannot run here: ${(error as Error).message}`};
  }
}
