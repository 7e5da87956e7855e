/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', {jsc: {target: 'es2022', parser: {syntax: 'typescript'}}}],
  },
  testTimeout: 60_000,
  // Two more than there are cores: tests wait for sockets, clocks and other processes now and then.
  maxWorkers: require('node:os').availableParallelism() + 2,
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
};
