import { defineConfig } from 'vitest/config';

const project = (name: string, include: readonly string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include: [...include], exclude: ['**/dist/**', '**/node_modules/**'], ...extra },
});

const server = {
  globalSetup: ['packages/testkit/dist/postgres/global-setup.js'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    projects: [
      project('pure', ['packages/*/src/**/!(*.prop|*.pg).test.ts', 'tools/**/*.test.mjs']),
      project('prop', ['packages/*/src/**/*.prop.test.ts'], { testTimeout: 60_000 }),
      project('pg', ['packages/*/src/**/*.pg.test.ts'], server),
      project('system', ['system/**/*.test.ts'], { ...server, testTimeout: 120_000 }),
    ],
  },
});
