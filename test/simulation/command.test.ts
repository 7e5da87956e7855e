import {spawnSync} from 'node:child_process';
import {join} from 'node:path';

import {expect, test} from '@jest/globals';

import {TROUBLES} from './simplify';

const SIMULATE = join(__dirname, '..', '..', 'scripts', 'simulate.mjs');

function simulate(...args: string[]): {status: number | null; stdout: string; stderr: string} {
  return spawnSync(process.execPath, [SIMULATE, ...args], {encoding: 'utf8'});
}

test('--help names what can be asked of it', () => {
  const {status, stdout, stderr} = simulate('chains', '--help');
  expect({status, stderr}).toEqual({status: 0, stderr: ''});
  expect(stdout).toContain('Usage: node scripts/simulate.mjs WHAT [options]');
  for (const trouble of Object.keys(TROUBLES)) {
    expect(stdout).toContain(trouble);
  }
});

test.each([['chain'], ['chains', '--sync', '10']])(
  'what it does not know it refuses, and shows what there is: %s',
  (...args) => {
    const {status, stdout, stderr} = simulate(...args);
    expect({status, stdout}).toEqual({status: 1, stdout: ''});
    expect(stderr).toContain('Usage:');
  },
);

test('counts what it ran', () => {
  const {status, stdout} = simulate('lies', '--of', 'next never', '--syncs', '8', '--seed', '2');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^seed 2$/m);
  expect(stdout).toMatch(/^\d+ syncs$/m);
});
