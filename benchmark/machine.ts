import {cpus, release, totalmem, type as systemName} from 'node:os';
import {VERSION as axiosVersion} from 'axios';
import {version} from '../package.json';
import type {Machine} from './results';

export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()} ${release()}`,
  };
}

/** Of what is measured, apart from Airbyte's. */
export function ownVersions(): Record<string, string> {
  return {connector: version, node: process.versions.node, axios: axiosVersion};
}
