import { defineConfig } from 'vitest/config';

// The suite with the solver takes minutes and needs tools/: it is a project of its own, which only `npm run test:oracle` runs.
const ORACLE = ['test/solver/**/*.test.ts'];

export default defineConfig(({ mode }) => ({
  test: {
    name: mode === 'oracle' ? 'oracle' : 'unit',
    include: mode === 'oracle' ? ORACLE : ['test/**/*.test.ts'],
    exclude: mode === 'oracle' ? [] : ORACLE,
    // Processes, not threads: the embedded database is native code and must not share a process with another test file.
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 30_000,
    teardownTimeout: 5_000,
    // A test file that matches nothing is a mistake in the configuration, not a pass.
    passWithNoTests: false,
    restoreMocks: true,
  },
}));
