import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {check} from '../demo/check';

const DEMO = join(__dirname, '..', 'dist', 'demo.js');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});

afterAll(() => rmSync(folder, {recursive: true}));

describe('npm run demo', () => {
  test('--help tells what it does, and does it not', () => {
    const {status, stdout, stderr} = spawnSync(process.execPath, [DEMO, '--help'], {
      encoding: 'utf8',
    });
    expect({status, stderr}).toEqual({status: 0, stderr: ''});
    expect(stdout).toMatch(/^Usage: npm run demo\n/);
    expect(stdout).not.toContain('A Confluence to try it on');
  });

  test('an option that it does not know: exit 2', () => {
    expect(spawnSync(process.execPath, [DEMO, '--fast'], {encoding: 'utf8'})).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining("Unknown option '--fast'"),
    });
  });

  test('a check that fails stops it, although bin/main ends with exit code 0', async () => {
    const config = join(folder, 'config.json');
    const settings = {
      email: 'ada@example.com',
      cloud_id: '5e1f3a52-9a4c-4c0e-8f53-6a0c1b8d2f10',
      api_token: 'secret',
      api_url: 'ftp://127.0.0.1:1',
    };
    writeFileSync(config, JSON.stringify(settings));
    await expect(check(config, join(folder, 'check.jsonl'))).rejects.toThrow(
      /^check FAILED: .*api_url/,
    );
  });
});
