import {type AirbyteVersions, installAirbyte} from './airbyte-peer';
import type {BenchPlan, Topic} from './bench-plan';
import {checkContract} from './checks';
import {AIRBYTE} from './contestants';
import {describeMachine, ownVersions} from './machine';
import {measureRead, onLog} from './measure-read';
import {meterName} from './process-cost';
import type {Results} from './results';
import {runCases} from './run-cases';
import {runGrowth, runLarge, runSlowReader, runStartUp} from './run-connector';
import {runSpellings} from './run-spellings';

/** Measures all that the plan names; `tell` hears how far it is. */
export async function runBenchmark(
  plan: BenchPlan,
  tell: (progress: string) => void,
): Promise<Results> {
  const has = (topic: Topic): boolean => plan.topics.includes(topic);
  const airbyte: Readiness = has('speed') ? await prepareAirbyte(plan, tell) : {};
  const measured = {
    ...(has('start-up') && {startUp: await runStartUp(plan, tell)}),
    cases: has('speed') ? await runCases(plan, airbyte.whyNot, tell) : [],
    spellings: has('spellings') ? await runSpellings(plan, tell) : [],
    ...(has('memory') && {slowReader: await runSlowReader(plan, tell)}),
    ...(has('memory') && {large: await runLarge(plan, tell)}),
    growth: has('shapes') ? await runGrowth(plan, tell) : [],
  };
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
        await measureRead(contestant, setting, {encoding: 'gzip', delayMs: 0});
      }
    });
    return {versions};
  } catch (error) {
    return {whyNot: `cannot run here: ${(error as Error).message}`};
  }
}
