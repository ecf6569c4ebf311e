import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** Only what hangs takes this long: the machines that tests run on are shared, and slow at times. */
const PATIENCE_MS = 120_000;

/** Whole programs first, which wait the most and vary the most; at the end what is quick, so that no core is left alone. */
const PROJECTS = ['system', 'nats', 'pg', 'prop', 'replacing', 'pure'];
/** Half a minute and more each; a fresh clone has no times from the run before. */
const LONGEST = ['pages', 'kill', 'hostile', 'streams', 'many-flags', 'embedded', 'access', 'invite', 'kill-points'];

class LongestFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]) {
    const rank = ({ project, moduleId }: (typeof files)[number]): number => {
      const long = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return PROJECTS.indexOf(project.name) * 100 + (project.name === 'system' && long >= 0 ? long : LONGEST.length);
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

const NEVER = ['**/dist/**', '**/node_modules/**'];
/** Each replaces a module for itself, which nobody else may have loaded before or gets to see after. */
const REPLACING = [
  'packages/evaluator/src/buckets/bucket.test.ts',
  'packages/server/src/platform/backup-schedule.test.ts',
];

const project = (name: string, include: readonly string[], extra: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [...include],
    exclude: [...NEVER],
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS / 4 } },
    ...extra,
  },
});

const postgres = { globalSetup: ['packages/testkit/dist/postgres/global-setup.js'] };

export default defineConfig({
  test: {
    // Tests of whole programs wait for them half of the time: with one file for each core a third of it lies idle.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    projects: [
      // A process for each file took twice as long as the tests in it.
      project('pure', ['packages/*/src/**/!(*.prop|*.pg|*.nats).test.ts', 'tools/**/*.test.mjs'], {
        isolate: false,
        exclude: [...NEVER, ...REPLACING],
      }),
      project('replacing', REPLACING),
      project('prop', ['packages/*/src/**/*.prop.test.ts'], { isolate: false }),
      // A process for each file would read the server and compile the embedded database anew: a quarter of all they cost.
      project('pg', ['packages/*/src/**/*.pg.test.ts'], { ...postgres, isolate: false }),
      project('nats', ['packages/*/src/**/*.nats.test.ts']),
      project('system', ['system/**/*.test.ts'], postgres),
    ],
  },
});
