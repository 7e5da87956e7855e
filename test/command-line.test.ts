import {describe, expect, test} from '@jest/globals';

import {collect, type Run, start} from './support/connector';

describe('the command line', () => {
  const run = (command: string, ...args: string[]): Promise<Run> =>
    collect(start(command, '/', {}, args));

  test.each([['--help'], ['help']])('%s explains itself', async (command) => {
    const child = start(command, '/', {});
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    for (const word of ['spec', 'check', 'discover', 'read', 'Usage']) {
      expect(Buffer.concat(chunks).toString()).toContain(word);
    }
  });

  test.each<[string, string[], RegExp]>([
    ['check', [], /--config/],
    ['discover', [], /--config/],
    ['read', ['--config', 'x'], /--catalog/],
    ['read', ['--config'], /--config/],
    ['fetch', [], /unknown command 'fetch'/],
    ['spec', ['--verbose'], /unknown option '--verbose'/],
  ])('%s %j is a usage error: told on stderr, nothing on stdout', async (command, args, says) => {
    const {code, stdout, stderr} = await run(command, ...args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(says);
  });

  test('no command at all shows the help, and is no success', async () => {
    const {code, stdout, stderr} = await run('');
    expect({code, stdout}).toEqual({code: 1, stdout: ''});
    expect(stderr).toMatch(/unknown command|Usage/);
  });
});
