import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const project = (name: string, include: readonly string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include: [...include], exclude: ['**/dist/**', '**/node_modules/**'], ...extra },
});

const server = {
  globalSetup: ['packages/testkit/dist/postgres/global-setup.js'],
  // Only what hangs takes this long: the machines that tests run on are shared, and slow at times.
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    // One less than there are processors is what Vitest takes, which is one on the two cores that the tests have to be quick on.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      project('pure', ['packages/*/src/**/!(*.prop|*.pg).test.ts', 'tools/**/*.test.mjs']),
      project('prop', ['packages/*/src/**/*.prop.test.ts'], { testTimeout: 120_000 }),
      project('pg', ['packages/*/src/**/*.pg.test.ts'], server),
      project('system', ['system/**/*.test.ts'], server),
    ],
  },
});
