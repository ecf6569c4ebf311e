import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Only what hangs takes this long: the machines that tests run on are shared, and slow at times. */
const PATIENCE_MS = 120_000;

const project = (name: string, include: readonly string[], extra: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [...include],
    exclude: ['**/dist/**', '**/node_modules/**'],
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    ...extra,
  },
});

const postgres = { globalSetup: ['packages/testkit/dist/postgres/global-setup.js'] };

export default defineConfig({
  test: {
    // One less than there are processors is what Vitest takes, which is one on the two cores that the tests have to be quick on.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      project('pure', ['packages/*/src/**/!(*.prop|*.pg|*.nats).test.ts', 'tools/**/*.test.mjs']),
      project('prop', ['packages/*/src/**/*.prop.test.ts']),
      // A process for each file would read the server and compile the embedded database anew: a quarter of all they cost.
      project('pg', ['packages/*/src/**/*.pg.test.ts'], { ...postgres, isolate: false }),
      project('nats', ['packages/*/src/**/*.nats.test.ts']),
      project('system', ['system/**/*.test.ts'], postgres),
    ],
  },
});
