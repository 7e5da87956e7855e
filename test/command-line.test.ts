import {describe, expect, test} from '@jest/globals';

import {parseCommandLine, UsageError} from '../src/airbyte/command-line';
import {start} from './support/connector';
import {runConnector, runProgram} from './support/resident';

describe('the command line', () => {
  const parse = (...args: string[]): unknown => parseCommandLine(args, '1.2.3');

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

  test('--version says it', async () => {
    const child = start('--version', '/', {});
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => child.on('close', resolve));
    expect(Buffer.concat(chunks).toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('an option may be joined to its file', () => {
    expect(parse('read', '--config=a=b', '--catalog', 'c')).toEqual({
      name: 'read',
      files: {config: 'a=b', catalog: 'c'},
    });
  });

  test.each<[string[], RegExp]>([
    [['check'], /^'check' needs '--config FILE'$/],
    [['discover'], /--config/],
    [['read', '--config', 'x'], /^'read' needs '--catalog FILE'$/],
    [['read', '--catalog', 'x', '--config'], /^Option '--config <value>' argument missing$/],
    [['read', '--config='], /^'read' needs '--config FILE'$/],
    [['fetch'], /^unknown command 'fetch'\. Did you mean /],
    [['chek'], /Did you mean 'check'/],
    [['spec', '--verbose'], /^Unknown option '--verbose'$/],
    [['spec', '--config', 'x'], /^Unknown option '--config'$/],
    [['check', '--conf', 'x'], /^Unknown option '--conf'\. Did you mean '--config'\?$/],
    [['read', '--catalogue', 'x'], /Did you mean '--catalog'/],
    [['check', '-x'], /^Unknown option '-x'/],
    [['check', '--config', 'x', 'y'], /^Unexpected argument 'y'/],
    [[], /^a command is missing$/],
    [[''], /^a command is missing$/],
  ])('%j is a usage error, told on stderr, and nothing on stdout', async (args, says) => {
    expect(() => parse(...args)).toThrow(says);
    expect(() => parse(...args)).toThrow(UsageError);
    const {code, stdout, stderr} = await runProgram(args);
    expect({code, stdout}).toEqual({code: 1, stdout: ''});
    const [line = '', ...others] = stderr.split('\n');
    expect(line.replace(/^error: /, '')).toMatch(says);
    expect(others).toEqual(['bin/main --help tells what there is.', '']);
  });
});

describe('LOG_LEVEL', () => {
  test.each([
    ['LOUD', '"LOUD"'],
    ['warning', '"warning"'],
  ])('%s is not known: told in a WARN that names the levels', async (level, told) => {
    const {messages, code} = await runConnector('spec', {env: {LOG_LEVEL: level}});
    expect(code).toBe(0);
    expect(messages.map(({type}) => type)).toEqual(['LOG', 'SPEC']);
    expect(messages[0]?.log).toEqual({
      level: 'WARN',
      message: `LOG_LEVEL is ${told}, and no such level is known: INFO is taken. The levels are FATAL, ERROR, WARN, INFO, DEBUG, TRACE.`,
    });
  });

  test.each(['', ' ', 'info', ' Error '])('%j is one, or none', async (level) => {
    const {messages} = await runConnector('spec', {env: {LOG_LEVEL: level}});
    expect(messages.map(({type}) => type)).toEqual(['SPEC']);
  });
});
