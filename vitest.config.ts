import { defineConfig } from 'vitest/config';

// The suite with the solver takes a minute and needs tools/: it is a project of its own, which only `npm run test:oracle` runs.
const ORACLE = ['test/solver/**/*.test.ts'];

// What computes only, without the database and without a state of its own. These files share a process, which saves loading the same modules for each of them.
const PURE = ['core', 'governance', 'model', 'report'].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig(({ mode }) => ({
  test: {
    ...(mode === 'oracle'
      ? { name: 'oracle', include: ORACLE }
      : {
          projects: [
            { extends: true as const, test: { name: 'core', include: PURE, isolate: false } },
            { extends: true as const, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...ORACLE, ...PURE] } },
          ],
        }),
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
