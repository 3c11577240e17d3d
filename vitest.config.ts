import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'unit',
    include: ['test/**/*.test.ts'],
    // Processes, not threads: the embedded database is native code and must not share a process with another test file.
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 30_000,
    teardownTimeout: 5_000,
    // A test file that matches nothing is a mistake in the configuration, not a pass.
    passWithNoTests: false,
    restoreMocks: true,
  },
});
