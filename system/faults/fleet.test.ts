/** Three short schedules of faults over a whole fleet; in the last the primary dies. Many and longer ones: `npm run faults`. */
import { expect, it } from 'vitest';
import { startCluster } from '../cluster/cluster.ts';
import { runSchedule } from '../cluster/schedule.ts';
import { awaitCounts } from '../evaluation-counts.ts';
import { openScene } from '../scene.ts';
import { chooseSeed, createRandom } from '../seeded-random.ts';
import { until } from '../until.ts';

const SCHEDULES = 3;
const LASTS_MS = 6_000;
const FAULTS = 3;

it('a fleet whose parts die, freeze and are cut off loses no change, goes back nowhere and answers always', async () => {
  const scene = openScene();
  const seed = chooseSeed();
  console.log(`three schedules of faults: SEED=${seed}`);
  const cluster = await startCluster(scene, { flags: 2, applications: 2 });
  for (let number = 0; number < SCHEDULES; number++) {
    const outcome = await runSchedule(cluster, {
      random: createRandom(seed + number),
      lastsMs: LASTS_MS,
      faults: FAULTS,
      promotes: number === SCHEDULES - 1,
    });
    const { violations, failures, text, faults, acknowledged, evaluations } = outcome;
    expect({ violations, failures }, [...faults, text].join('\n')).toEqual({ violations: [], failures: [] });
    console.log(`${acknowledged} changes and ${evaluations} evaluations during ${faults.join('; ')}`);
    expect(acknowledged).toBeGreaterThan(0);
  }

  // What was evaluated is counted once, though who carried it died on the way.
  const ended = cluster.applications.map(async ({ application }) => {
    const { asked } = await application.rest();
    expect(await application.close()).toMatchObject({ code: 0, stderr: '' });
    return asked;
  });
  const made = (await Promise.all(ended)).reduce((sum, asked) => sum + asked, 0);
  const [api] = cluster.apis;
  if (api === undefined) throw new Error('a cluster has control processes');
  const counts = await until('all evaluations counted', 120_000, () =>
    awaitCounts(api, '/projects/shop/environments/production', made).catch(() => undefined),
  );
  expect(counts).toMatchObject({ evaluations: made, missing: 0, dropped: 0 });
}, 900_000);
